package proc

import (
	"math"

	"golang.org/x/sys/unix"
)

const recvFlags = unix.MSG_CMSG_CLOEXEC

// dup3 leaves the copy open on exec.
func dup3(from, to int) error { return unix.Dup3(from, to, 0) }

// closeOnExecFrom keeps from the program what this one inherited by accident.
func closeOnExecFrom(fd int) {
	unix.CloseRange(uint(fd), math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC) // Linux 5.11; before, accidents pass
}

// executable is the running program itself, even if its file was replaced or
// removed since.
func executable() string { return "/proc/self/exe" }
