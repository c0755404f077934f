package load

import "golang.org/x/sys/windows"

// Sockets return Winsock's own numbers, which are not those that package
// syscall invents for the names of POSIX.
const (
	errnoRefused = windows.WSAECONNREFUSED
	errnoReset   = windows.WSAECONNRESET
	errnoAborted = windows.WSAECONNABORTED
	errnoPipe    = windows.WSAESHUTDOWN
)
