//go:build linux && !startagain

package proc

import (
	"encoding/binary"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// mute has the coming program's kill do nothing, successfully, if it is one of the
// signals to us.
func (p *plan) mute(signals []syscall.Signal) error {
	if len(signals) == 0 {
		return nil
	}
	if auditArch == 0 {
		return &MuteError{unix.ENOSYS}
	}
	if !privileged() {
		p.add("cannot give up privileges", unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
	}
	program := muting(os.Getpid(), signals)
	prog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	p.add("cannot keep its signals from us", unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, at(p, &prog))
	return nil
}

// muting is a filter of kill(pid, signal). Both are numbers of 32 bits.
func muting(pid int, signals []syscall.Signal) []unix.SockFilter {
	const number, arch = 0, 4 // offsets in struct seccomp_data
	load := func(at uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: at}
	}
	n := uint8(len(signals))
	unless := func(k uint32, skip uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: k, Jf: skip}
	}
	program := []unix.SockFilter{
		load(arch), unless(auditArch, n+5),
		load(number), unless(unix.SYS_KILL, n+3),
		load(argument(0)), unless(uint32(pid), n+1),
		load(argument(1)),
	}
	for i, s := range signals {
		program = append(program, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: uint32(s), Jt: n - uint8(i)})
	}
	return append(program,
		unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
		unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO})
}

// argument is where the low half of an argument is.
func argument(i uint32) uint32 {
	at := 16 + 8*i
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		at += 4
	}
	return at
}
