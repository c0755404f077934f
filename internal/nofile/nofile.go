//go:build unix

// Package nofile remembers how many files this program was allowed to open when it
// was started. Package os raises that limit for the program itself as soon as it is
// initialized; what the program starts is to have the one that was meant for it
// (select(2) fails beyond 1,024 descriptors, so that programs rely on a low one).
//
// This package must import nothing that imports os: then it is initialized before.
package nofile

import "syscall"

// Limit is the limit at the start of this program; nil if it could not be read.
var Limit = read()

func read() *syscall.Rlimit {
	var l syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l) != nil {
		return nil
	}
	return &l
}
