//go:build unix

package handoff

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

func listenNotify(path string) (*net.UnixConn, error) {
	if limit := len(syscall.RawSockaddrUnix{}.Path) - 1; len(path) > limit {
		return nil, fmt.Errorf("the path has %d bytes: the system allows at most %d", len(path), limit)
	}
	if path == "" || path[0] == '@' {
		return nil, errors.New("it is not the path of a file")
	}
	// Set before the bind, so that no message can arrive without credentials.
	lc := net.ListenConfig{Control: passCredentials}
	conn, err := lc.ListenPacket(context.Background(), "unixgram", path)
	if err != nil {
		return nil, notifyCause(err)
	}
	return conn.(*net.UnixConn), nil
}

// receiveQueued reads what the kernel has received and does not wait: nothing is
// net.ErrClosed.
func receiveQueued(conn *net.UnixConn, data, oob []byte) (n, oobn, flags int, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, 0, 0, err
	}
	// Control, unlike Read, does not heed the deadline that is over.
	failed := raw.Control(func(fd uintptr) {
		for {
			n, oobn, flags, _, err = unix.Recvmsg(int(fd), data, oob, unix.MSG_DONTWAIT|closeOnExec)
			if err != unix.EINTR {
				return
			}
		}
	})
	if failed != nil || err == unix.EAGAIN {
		return 0, 0, 0, net.ErrClosed
	}
	return n, oobn, flags, err
}

func controlSpace() int {
	return unix.CmsgSpace(maxNoticeFD*4) + credentialsSpace
}

// parseControl takes the descriptors and the sender out of the control data.
// On an error the descriptors found so far are in the Message.
func parseControl(oob []byte) (Message, error) {
	m := Message{UID: -1}
	controls, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return m, fmt.Errorf("cannot read notification: control data: %w", err)
	}
	for _, c := range controls {
		if c.Header.Level != unix.SOL_SOCKET {
			continue
		}
		if c.Header.Type == unix.SCM_RIGHTS {
			fds, err := unix.ParseUnixRights(&c)
			if err != nil {
				return m, fmt.Errorf("cannot read notification: descriptors: %w", err)
			}
			m.FDs = append(m.FDs, fds...)
			continue
		}
		m.setSender(c)
	}
	return m, nil
}

func truncated(flags, size int) error {
	if flags&unix.MSG_TRUNC != 0 || size > maxNotice {
		return fmt.Errorf("cannot read notification: it has more than %d bytes", maxNotice)
	}
	if flags&unix.MSG_CTRUNC != 0 {
		return errors.New("cannot read notification: not all of its descriptors arrived (raise limits.nofile or ulimit -n of the receiver)")
	}
	return nil
}

func closeAll(fds []int) {
	for _, fd := range fds {
		unix.Close(fd)
	}
}
