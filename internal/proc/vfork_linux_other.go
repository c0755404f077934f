//go:build linux && !startagain && (plainfork || (!amd64 && !arm64))

package proc

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// cloneArgs is struct clone_args of clone3(2), the fields that Linux 5.3 had.
type cloneArgs struct {
	flags, pidfd, childTID, parentTID, exitSignal, stack, stackSize, tls uint64
}

var forkArgs = cloneArgs{exitSignal: uint64(unix.SIGCHLD)}

// vfork is a plain fork where nobody has written the few lines of assembly: slower,
// and else the same, since the child has a copy of all that it needs. The build tag
// plainfork has every machine do so, for the tests.
//
//go:nosplit
//go:norace
func vfork() (pid, errno uintptr) {
	pid, _, e := syscall.RawSyscall(unix.SYS_CLONE3, uintptr(unsafe.Pointer(&forkArgs)), unsafe.Sizeof(forkArgs), 0)
	return pid, uintptr(e)
}
