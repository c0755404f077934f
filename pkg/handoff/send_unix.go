//go:build unix

package handoff

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"
)

// takeOver is what the process was started with.
func takeOver() ([]inherited, notifier, error) {
	found, err := takeInherited()
	return found, notifier{socket: os.Getenv("NOTIFY_SOCKET"), store: os.Getenv("FDSTORE") != ""}, err
}

// notifier speaks sd_notify(3) to the supervisor.
type notifier struct {
	socket string // $NOTIFY_SOCKET: a path, or @name for an abstract one; empty when nobody listens
	store  bool   // $FDSTORE is set: the supervisor keeps file descriptors for the next generation
}

// stores reports whether sockets can be left for the next generation.
func (n notifier) stores() bool { return n.socket != "" && n.store }

// follow has nothing to listen to: the order to drain is a signal.
func (n notifier) follow(func()) {}

// send sends one datagram, with the file descriptor of file if that is not nil.
func (n notifier) send(state string, file syscall.Conn) error {
	if n.socket == "" {
		return nil
	}
	if file == nil && n.sendNow(state) == nil {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: n.socket, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("cannot notify the supervisor: %w", err)
	}
	defer conn.Close()
	if err := conn.SetWriteDeadline(time.Now().Add(sendTimeout)); err != nil {
		return fmt.Errorf("cannot notify the supervisor: %w", err)
	}
	if file == nil {
		_, err = conn.Write([]byte(state))
	} else {
		err = sendWithFile(conn, []byte(state), file)
	}
	if err != nil {
		return fmt.Errorf("cannot notify the supervisor: %w", err)
	}
	return nil
}

// sendNow sends one datagram if the supervisor has room for it. A process that has just begun
// has used nothing of package net yet, and clients wait for it: there this takes 0.3 ms, and a
// connection 1.4.
func (n notifier) sendNow(state string) error {
	syscall.ForkLock.RLock()
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_DGRAM, 0)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	return syscall.Sendto(fd, []byte(state), syscall.MSG_DONTWAIT, &syscall.SockaddrUnix{Name: n.socket})
}

// keep hands file to the supervisor for the next generation. FDPOLL=0: it is not dropped when it
// shows an error or hang-up.
func (n notifier) keep(name string, file syscall.Conn) error {
	if err := checkFDName(name); err != nil {
		return fmt.Errorf("cannot store a file descriptor: %w", err)
	}
	if !n.stores() {
		return fmt.Errorf("cannot store %q: $NOTIFY_SOCKET and $FDSTORE are not both set, so nobody keeps it for the next generation: %w", name, errors.ErrUnsupported)
	}
	return n.send("FDSTORE=1\nFDNAME="+name+"\nFDPOLL=0", file)
}

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
