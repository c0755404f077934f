//go:build unix

package relay

import "syscall"

const errInUse = syscall.EADDRINUSE
