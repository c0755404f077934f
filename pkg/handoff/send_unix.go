//go:build unix

package handoff

import (
	"net"
	"os"
	"syscall"
)

// sendWithFile never calls File or Fd: both clear O_NONBLOCK on the open file, which is shared with
// every other generation. (UnixConn.WriteMsgUnix refuses a connected datagram socket.)
func sendWithFile(conn *net.UnixConn, state []byte, file syscall.Conn) error {
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var sent error
	if err := raw.Control(func(fd uintptr) {
		sent = sendRights(conn, state, int(fd))
	}); err != nil {
		return err
	}
	return sent
}

func sendRights(conn *net.UnixConn, state []byte, fd int) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var sent error
	if err := raw.Write(func(to uintptr) bool {
		sent = syscall.Sendmsg(int(to), state, syscall.UnixRights(fd), nil, 0)
		return sent != syscall.EAGAIN
	}); err != nil {
		return err
	}
	return os.NewSyscallError("sendmsg", sent)
}
