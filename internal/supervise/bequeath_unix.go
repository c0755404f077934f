//go:build unix

package supervise

import (
	"fmt"

	"golang.org/x/sys/unix"
)

func duplicate(fd int) (int, error) {
	copied, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("cannot duplicate a socket: %w", err)
	}
	return copied, nil
}

func closeFD(fd int) { unix.Close(fd) }
