//go:build unix && !linux

package handoff

import (
	"syscall"

	"golang.org/x/sys/unix"
)

const credentialsSpace = 0

// passCredentials: what these systems attest of a datagram's sender differs
// and lacks the PID on some, so a message is known by its socket alone.
func passCredentials(_, _ string, _ syscall.RawConn) error { return nil }

func (m *Message) setSender(unix.SocketControlMessage) {}

const closeOnExec = 0
