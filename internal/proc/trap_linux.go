package proc

import (
	"encoding/json"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// trapped are the system calls that wait for the master's answer.
var trapped = [...]uint32{unix.SYS_BIND, unix.SYS_LISTEN}

// trap has the coming program's bind and listen reported to the master by
// seccomp_unotify(2), and passes the descriptor of the reports on. If the kernel
// or a container refuses, the program runs without.
func trap(master int) *launchError {
	fd, refused := installFilter()
	var rights []byte
	if refused == 0 {
		rights = unix.UnixRights(fd)
	}
	text, _ := json.Marshal(said{Trap: true, launchError: launchError{Errno: refused}})
	if err := unix.Sendmsg(master, text, rights, nil, 0); err != nil {
		// With a filter and nobody to answer, bind would fail with ENOSYS.
		return &launchError{"cannot pass on the reports of bind and listen", errno(err)}
	}
	if refused == 0 {
		unix.Close(fd)
	}
	return nil
}

// installFilter filters the calling thread, which is enough: exec ends the others.
func installFilter() (fd int, refused syscall.Errno) {
	if auditArch == 0 {
		return -1, unix.ENOSYS
	}
	program := filter()
	prog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	flags := uintptr(unix.SECCOMP_FILTER_FLAG_NEW_LISTENER | unix.SECCOMP_FILTER_FLAG_SPEC_ALLOW |
		unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)
	for dropped := false; ; {
		r, _, err := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&prog)))
		switch {
		case err == 0:
			return int(r), 0
		case err == unix.EINVAL && flags&unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV != 0:
			flags &^= unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV // Linux 5.19
		case err == unix.EACCES && !dropped:
			// Who is not root may filter only what cannot gain privileges.
			if e := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); e != nil {
				return -1, err
			}
			dropped = true
		default:
			return -1, err
		}
	}
}

// filter looks at the architecture and the number alone. Arguments would be
// pointers, and what they point to may change; programs of another architecture
// pass.
func filter() []unix.SockFilter {
	const number, arch = 0, 4 // offsets in struct seccomp_data
	n := uint8(len(trapped))
	program := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: arch},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: auditArch, Jf: n + 1},
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: number},
	}
	for i, call := range trapped {
		program = append(program, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: call, Jt: n - uint8(i)})
	}
	return append(program,
		unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
		unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_USER_NOTIF})
}
