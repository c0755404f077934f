//go:build unix && !linux

package handoff

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// socketpair: without SOCK_CLOEXEC (macOS) the lock keeps Go from forking in between.
func socketpair() (pair [2]int, err error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if pair, err = unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0); err != nil {
		return pair, err
	}
	for _, fd := range pair {
		unix.CloseOnExec(fd)
		unix.SetNonblock(fd, true)
	}
	return pair, nil
}
