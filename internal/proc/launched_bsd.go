//go:build unix && !linux

package proc

import (
	"os"

	"golang.org/x/sys/unix"
)

const recvFlags = 0

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
