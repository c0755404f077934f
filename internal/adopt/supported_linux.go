package adopt

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Supported returns nil if the kernel and whatever contains us let sockets be
// adopted, or else an *UnsupportedError. (Whether calls can be trapped is known
// only when a process is started.)
func Supported() error {
	pidfd, err := unix.PidfdOpen(os.Getpid(), 0)
	if err != nil {
		return &UnsupportedError{Err: fmt.Errorf("pidfd_open: %w", err)}
	}
	defer unix.Close(pidfd)
	fd, err := unix.PidfdGetfd(pidfd, pidfd, 0)
	if err != nil {
		return &UnsupportedError{Err: fmt.Errorf("pidfd_getfd: %w", err)}
	}
	unix.Close(fd)
	return nil
}
