//go:build linux && !startagain

package proc

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What package syscall has the runtime do around a fork: signals are blocked from
// before it until the child's handlers are gone. These names are kept for programs
// that fork by themselves, see go.dev/issue/67401.

//go:linkname beforeFork syscall.runtime_BeforeFork
func beforeFork()

//go:linkname afterFork syscall.runtime_AfterFork
func afterFork()

//go:linkname afterForkInChild syscall.runtime_AfterForkInChild
func afterForkInChild()

// fork has a child go through the plan, and returns when it has become the program or
// has given up, or (where there is no vfork, see vfork_other.go) at once.
func fork(p *plan) (pid int, err error) {
	syscall.ForkLock.Lock()
	defer syscall.ForkLock.Unlock()
	n, errno := forkAndGo(p.steps, p.pid, uintptr(p.line.placed))
	afterFork()
	if errno != 0 {
		return 0, syscall.Errno(errno)
	}
	return int(n), nil
}

// forkAndGo returns in the parent alone. After vfork the child runs on the parent's
// stack and in its memory while the parent waits, so it never returns from here, and
// the parent uses nothing of this frame any more. The child may not allocate, grow
// its stack, or call anything that could: it calls assembly only. Package syscall's
// forkAndExecInChild1 is bound in the same way, and tells more of it.
//
//go:noinline
//go:norace
//go:nocheckptr
func forkAndGo(steps []*step, pids []numeral, line uintptr) (pid, errno uintptr) {
	var (
		i, n, skip int
		s          *step
		own        uintptr
		result     uintptr
		e          syscall.Errno
		digit      byte
		told       [2]uint32
	)
	beforeFork()
	if pid, errno = vfork(); pid != 0 || errno != 0 {
		return pid, errno
	}
	afterForkInChild()
	own, _, _ = syscall.RawSyscall(unix.SYS_GETPID, 0, 0, 0)
	for i = range pids {
		n = pids[i].width
		if n == 0 {
			for result = own; result > 0; result /= 10 {
				n++
			}
		}
		for result = own; n > 0; result /= 10 {
			n--
			digit = byte('0' + result%10)
			*(*byte)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(pids[i].to)), n)) = digit
		}
	}
	for i = range steps {
		if skip > 0 {
			skip--
			continue
		}
		s = steps[i]
		for {
			result, _, e = syscall.RawSyscall6(s.call, s.args[0], s.args[1], s.args[2], s.args[3], s.args[4], s.args[5])
			if e != unix.EINTR {
				break
			}
		}
		if e == 0 {
			if s.into != nil {
				*s.into = int32(result)
			}
			if s.feeds != nil {
				*s.feeds = result
			}
			continue
		}
		told[0], told[1] = uint32(i), uint32(e)
		syscall.RawSyscall(unix.SYS_WRITE, line, uintptr(unsafe.Pointer(&told[0])), failureSize)
		if !s.may {
			break
		}
		skip = s.skip
	}
	for {
		syscall.RawSyscall(unix.SYS_EXIT, 127, 0, 0)
	}
}
