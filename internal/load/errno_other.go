//go:build !windows

package load

import "syscall"

const (
	errnoRefused = syscall.ECONNREFUSED
	errnoReset   = syscall.ECONNRESET
	errnoAborted = syscall.ECONNABORTED
	errnoPipe    = syscall.EPIPE
)
