//go:build linux && !startagain && (386 || arm)

package proc

import "golang.org/x/sys/unix"

// The calls without 32 know users up to 65535 only.
const (
	sysSetgroups = unix.SYS_SETGROUPS32
	sysSetresgid = unix.SYS_SETRESGID32
	sysSetresuid = unix.SYS_SETRESUID32
)
