//go:build unix

package doctor

import (
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

func drainNamed(s syscall.Signal) string { return strings.TrimPrefix(unix.SignalName(s), "SIG") }
