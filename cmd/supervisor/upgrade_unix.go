//go:build unix

package main

import (
	"os"
	"syscall"
)

const terminate = syscall.SIGTERM

// addressed: it was sent to one process, and not by a key to all of a terminal.
func addressed(sig os.Signal) bool { return sig != syscall.SIGINT && sig != syscall.SIGQUIT }

func closeFDs(fds ...int) {
	for _, fd := range fds {
		syscall.Close(fd)
	}
}

func lives(pid int) bool { return syscall.Kill(pid, 0) != syscall.ESRCH }
