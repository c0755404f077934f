package proc

import (
	"math"

	"golang.org/x/sys/unix"
)

const recvFlags = unix.MSG_CMSG_CLOEXEC

// socketpair is closed on exec from the start: a launcher forked at the same moment
// must not hold the other end of another's socket open.
func socketpair() ([2]int, error) {
	return unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
}

// dup3 leaves the copy open on exec.
func dup3(from, to int) error { return unix.Dup3(from, to, 0) }

// closeOnExecFrom keeps from the program what this one inherited by accident.
func closeOnExecFrom(fd int) {
	unix.CloseRange(uint(fd), math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC) // Linux 5.11; before, accidents pass
}

// executable is the running program itself, even if its file was replaced or
// removed since.
func executable() string { return "/proc/self/exe" }
