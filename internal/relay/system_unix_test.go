//go:build unix

package relay

import "syscall"

const unixSockets = true

var errReset error = syscall.ECONNRESET
