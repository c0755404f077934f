package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The system calls of a supervisor are made to fail from outside: a filter as of
// seccomp(2) has each of them wait for an answer of the test. So what is tested is the
// program as it is, and all that it calls, not only what somebody has thought of.

// filteredEnv has the program that is to run filtered, for a test binary that becomes it.
const filteredEnv = "E2E_FILTERED"

// becomeFiltered is the life of that test binary. It never returns.
func becomeFiltered(program string) {
	// The filter is this thread's alone; the others end with the exec.
	runtime.LockOSThread()
	err := filterCalls()
	if err == nil {
		env := slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, filteredEnv+"=") })
		err = syscall.Exec(program, append([]string{program}, os.Args[1:]...), env)
	}
	fmt.Fprintln(os.Stderr, "cannot run filtered:", err)
	os.Exit(1)
}

// lineFD is where the listener is sent, and reportFD the only descriptor on which
// sendmsg is not filtered: nobody answers before the listener has arrived.
const (
	lineFD   = 3
	reportFD = 700
)

// filterCalls sends the listener to the test.
func filterCalls() error {
	if err := unix.Dup3(lineFD, reportFD, unix.O_CLOEXEC); err != nil {
		return err
	}
	unix.CloseOnExec(lineFD)
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	program := callFilter()
	prog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	const flags = unix.SECCOMP_FILTER_FLAG_NEW_LISTENER | unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
	fd, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&prog)))
	if errno != 0 {
		return errno
	}
	return unix.Sendmsg(reportFD, []byte{0}, unix.UnixRights(int(fd)), nil, 0)
}

func callFilter() []unix.SockFilter {
	const number, arg0, arg1 = 0, 16, 24 // offsets in struct seccomp_data
	load := func(at uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: at}
	}
	equal := func(k uint32, then, other uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: k, Jt: then, Jf: other}
	}
	answer := func(k uint32) unix.SockFilter { return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: k} }
	program := []unix.SockFilter{
		load(number),
		equal(unix.SYS_SENDMSG, 0, 3), load(arg0), equal(reportFD, 0, 1), answer(unix.SECCOMP_RET_ALLOW),
		load(number),
		// They are made for each file that is opened, and cannot fail.
		equal(unix.SYS_FCNTL, 0, 4), load(arg1), equal(unix.F_GETFL, 1, 0), equal(unix.F_SETFL, 0, 1), answer(unix.SECCOMP_RET_ALLOW),
		load(number),
	}
	for i, c := range failing {
		program = append(program, equal(uint32(c.number), uint8(len(failing)-i), 0))
	}
	return append(program, answer(unix.SECCOMP_RET_ALLOW), answer(unix.SECCOMP_RET_USER_NOTIF))
}

// filtered has cmd run with its system calls answered by an injector.
func filtered(t *testing.T, cmd *exec.Cmd) (start func() (*injector, error)) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	theirs := os.NewFile(uintptr(pair[1]), "line")
	cmd.Env = append(slices.Clone(cmd.Env), filteredEnv+"="+cmd.Path)
	cmd.Path, cmd.ExtraFiles = self, []*os.File{theirs}
	return func() (*injector, error) {
		theirs.Close()
		defer unix.Close(pair[0])
		oob := make([]byte, unix.CmsgSpace(4))
		n, oobn, _, _, err := unix.Recvmsg(pair[0], make([]byte, 1), oob, unix.MSG_CMSG_CLOEXEC)
		if err != nil || n == 0 {
			return nil, fmt.Errorf("no filter: %d, %v", n, err)
		}
		messages, err := unix.ParseSocketControlMessage(oob[:oobn])
		if err != nil || len(messages) != 1 {
			return nil, fmt.Errorf("no filter: %d, %v", len(messages), err)
		}
		fds, err := unix.ParseUnixRights(&messages[0])
		if err != nil {
			return nil, err
		}
		return newInjector(fds[0]), nil
	}
}
