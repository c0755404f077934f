package handoff

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// credentialsSpace is CMSG_SPACE(sizeof(struct ucred)), a bit generous.
const credentialsSpace = 64

// passCredentials makes the kernel add the sender's PID and UID to every
// message, whether the sender says them or not (unix(7), SO_PASSCRED).
func passCredentials(_, _ string, c syscall.RawConn) error {
	var err error
	if cerr := c.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_PASSCRED, 1)
	}); cerr != nil {
		return cerr
	}
	return err
}

// setSender: a PID of 0 is a process that our PID namespace does not show.
func (m *Message) setSender(c unix.SocketControlMessage) {
	if c.Header.Type != unix.SCM_CREDENTIALS {
		return
	}
	if cred, err := unix.ParseUnixCredentials(&c); err == nil {
		m.PID, m.UID = int(cred.Pid), int(cred.Uid)
	}
}

const closeOnExec = unix.MSG_CMSG_CLOEXEC
