//go:build linux && !startagain

package proc

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// trapped are the system calls that wait for an answer.
func trapped(spec Spec) []uint32 {
	calls := []uint32{unix.SYS_BIND, unix.SYS_LISTEN}
	if spec.TrapUnlink {
		calls = append(calls, unlinking...)
	}
	return calls
}

const trapping = "trap bind and listen"

// trap has the coming program's bind and listen reported by seccomp_unotify(2), and
// passes the descriptor of the reports on. If the kernel or a container refuses, the
// program runs without.
func (p *plan) trap(calls []uint32) {
	if auditArch == 0 {
		p.refused = &TrapError{unix.ENOSYS}
		return
	}
	if !privileged() {
		// Who is not root may filter only what cannot gain privileges.
		p.add("cannot give up privileges", unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
	}
	program := filter(calls)
	prog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	s := p.add(trapping, unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, filterFlags(), at(p, &prog))
	s.may, s.skip = true, 1
	s.into = p.passing()
}

// passing sends a descriptor to the parent, which is to be put where it says.
func (p *plan) passing() (fd *int32) {
	text := [failureSize]byte{}
	oob := unix.UnixRights(0)
	iov := unix.Iovec{Base: &text[0]}
	iov.SetLen(len(text))
	msg := unix.Msghdr{Iov: &iov, Control: &oob[0]}
	msg.Iovlen = 1
	msg.SetControllen(len(oob))
	// With a filter and nobody to answer, bind would fail with ENOSYS.
	p.add("cannot pass on the reports of bind and listen", unix.SYS_SENDMSG, uintptr(p.line.placed), at(p, &msg), 0)
	p.kept = append(p.kept, &text, oob, &iov)
	return (*int32)(unsafe.Pointer(&oob[unix.CmsgLen(0)]))
}

// filterFlags leaves out what the kernel does not know (Linux 5.19): it looks at the
// flags first, and then for the filter, which is not there.
func filterFlags() uintptr {
	const old = unix.SECCOMP_FILTER_FLAG_NEW_LISTENER | unix.SECCOMP_FILTER_FLAG_SPEC_ALLOW
	const all = old | unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
	if _, _, err := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, all, 0); err == unix.EINVAL {
		return old
	}
	return all
}

// privileged reports whether a filter may be set without giving up privileges.
func privileged() bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	err := unix.Capget(&header, &data[0])
	return err == nil && data[0].Effective&(1<<unix.CAP_SYS_ADMIN) != 0
}

// filter looks at the architecture and the number alone. Arguments would be
// pointers, and what they point to may change; programs of another architecture
// pass.
func filter(calls []uint32) []unix.SockFilter {
	const number, arch = 0, 4 // offsets in struct seccomp_data
	n := uint8(len(calls))
	program := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: arch},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: auditArch, Jf: n + 1},
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: number},
	}
	for i, call := range calls {
		program = append(program, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: call, Jt: n - uint8(i)})
	}
	return append(program,
		unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
		unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_USER_NOTIF})
}
