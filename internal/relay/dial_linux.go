package relay

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// dial connects at once to a process with room in its queue. Connecting on one machine
// needs nobody to wait, but connect(2) on a socket that may not block says otherwise: it
// holds the socket, and takes in the answer as it returns. Asked once more, it knows. So
// package net finds the socket connected, and is spared a timer, a goroutine and a turn
// of epoll.
func dial(ctx context.Context, addr string) (net.Conn, error) {
	c, err := swift.DialContext(ctx, "tcp", addr)
	if errors.Is(err, errQueueFull) {
		return patient.DialContext(ctx, "tcp", addr)
	}
	return c, err
}

// swift has no bound, for it does not wait.
var swift = net.Dialer{KeepAlive: noKeepAlive, ControlContext: atOnce}

// errQueueFull is that a process does not answer yet.
var errQueueFull = errors.New("it does not answer at once")

func atOnce(_ context.Context, _, addr string, c syscall.RawConn) (err error) {
	to, err := sockaddr(addr)
	if err != nil {
		return err
	}
	if control := c.Control(func(fd uintptr) {
		if err = unix.Connect(int(fd), to); err == unix.EINPROGRESS {
			err = unix.Connect(int(fd), to)
		}
	}); control != nil {
		return control
	}
	if err == unix.EALREADY {
		return errQueueFull
	}
	return err
}

func sockaddr(addr string) (unix.Sockaddr, error) {
	to, err := netip.ParseAddrPort(addr)
	if err != nil {
		return nil, err
	}
	if to.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}, nil
	}
	return &unix.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16()}, nil
}
