package relay

import "syscall"

const unixSockets = false

var errReset error = syscall.WSAECONNRESET
