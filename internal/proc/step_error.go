//go:build unix

package proc

import "syscall"

// stepError is what a child could not do before it could become the program.
type stepError struct {
	what string
	err  syscall.Errno
}

func (e *stepError) Error() string { return e.what + ": " + e.err.Error() }
func (e *stepError) Unwrap() error { return e.err }
