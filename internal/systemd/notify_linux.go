package systemd

import (
	"fmt"
	"net"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// sendTimeout bounds a message to a systemd that does not read: its queue is full,
// and a datagram socket blocks the sender, which may be the loop of the supervisor.
const sendTimeout = 500 * time.Millisecond

// notify sends one datagram to $NOTIFY_SOCKET, with descriptors if there are any.
// (daemon.SdNotify sends none, and waits for ever.)
func notify(socket, text string, fds ...int) error {
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("cannot notify systemd: %w", err)
	}
	defer conn.Close()
	if err := conn.SetWriteDeadline(time.Now().Add(sendTimeout)); err != nil {
		return fmt.Errorf("cannot notify systemd: %w", err)
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return fmt.Errorf("cannot notify systemd: %w", err)
	}
	var rights []byte
	if len(fds) > 0 {
		rights = syscall.UnixRights(fds...)
	}
	var sent error
	err = raw.Write(func(fd uintptr) bool {
		sent = syscall.Sendmsg(int(fd), []byte(text), rights, nil, syscall.MSG_NOSIGNAL)
		return sent != syscall.EAGAIN
	})
	if err == nil {
		err = os.NewSyscallError("sendmsg", sent)
	}
	if err != nil {
		return fmt.Errorf("cannot notify systemd: %w", err)
	}
	return nil
}

// monotonic is CLOCK_MONOTONIC, which systemd compares with its own.
func monotonic() time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return 0
	}
	return time.Duration(now.Nano())
}
