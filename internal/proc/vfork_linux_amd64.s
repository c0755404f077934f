//go:build !startagain && !plainfork

#include "textflag.h"

// func vfork() (pid, errno uintptr)
//
// The child goes on on this very stack and overwrites what lies below, the return
// address included: so that is kept in a register, of which each has its own.
TEXT ·vfork(SB),NOSPLIT|NOFRAME,$0-16
	MOVL $0x4111, DI // CLONE_VM | CLONE_VFORK | SIGCHLD
	XORL SI, SI      // the same stack
	XORL DX, DX
	XORL R10, R10
	XORL R8, R8
	MOVL $56, AX     // SYS_clone
	POPQ R12
	SYSCALL
	PUSHQ R12
	CMPQ AX, $0xfffffffffffff001
	JCC  failed
	MOVQ AX, pid+0(FP)
	MOVQ $0, errno+8(FP)
	RET
failed:
	NEGQ AX
	MOVQ $0, pid+0(FP)
	MOVQ AX, errno+8(FP)
	RET
