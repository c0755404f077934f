//go:build unix && !linux

package proc

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

const recvFlags = 0

// socketpair keeps forks away until the pair closes on exec: a launcher forked at
// the same moment must not hold the other end of another's socket open.
func socketpair() ([2]int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err == nil {
		unix.CloseOnExec(pair[0])
		unix.CloseOnExec(pair[1])
	}
	return pair, err
}

// dup3 leaves the copy open on exec.
func dup3(from, to int) error { return unix.Dup2(from, to) }

// closeOnExecFrom is not to be had: what was inherited by accident goes on.
func closeOnExecFrom(int) {}

func executable() string {
	path, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return path
}
