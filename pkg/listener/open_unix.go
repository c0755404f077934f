//go:build unix

package listener

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

func open(ctx context.Context, a Address) (*Socket, error) {
	if a.abstract() && !hasAbstract {
		return nil, &UnsupportedError{a, "abstract sockets are Linux only: use a path"}
	}
	if a.path() != "" {
		return openPath(ctx, a)
	}
	s, err := bind(ctx, a, nil)
	if err != nil {
		return nil, explain(a, err)
	}
	return s, nil
}

// bind lets package net choose the socket's family and options, then keeps
// only a duplicate of the descriptor: net's own, with its finalizer, poller
// and unlinking, is gone when bind returns.
func bind(ctx context.Context, a Address, control func(fd int) error) (*Socket, error) {
	lc := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		if control == nil {
			return nil
		}
		return onFD(c, control)
	}}
	// Multipath TCP is a socket of its own kind, which servers in other
	// languages do not expect to inherit.
	lc.SetMultipathTCP(false)
	if !a.Stream() {
		c, err := lc.ListenPacket(ctx, a.Network, a.Addr)
		if err != nil {
			return nil, err
		}
		defer c.Close()
		return keep(a, c.LocalAddr(), c)
	}
	l, err := lc.Listen(ctx, a.Network, a.Addr)
	if err != nil {
		return nil, err
	}
	if u, ok := l.(*net.UnixListener); ok {
		u.SetUnlinkOnClose(false)
	}
	defer l.Close()
	return keep(a, l.Addr(), l)
}

// keep duplicates the descriptor without File or Fd, either of which may put
// the shared open file into blocking mode.
func keep(a Address, bound net.Addr, conn any) (*Socket, error) {
	sc, ok := conn.(syscall.Conn)
	if !ok {
		return nil, fmt.Errorf("%T has no descriptor", conn)
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return nil, err
	}
	s := &Socket{address: a, bound: bound.String()}
	return s, onFD(raw, func(fd int) (err error) {
		s.fd, err = unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
		return err
	})
}

func onFD(c syscall.RawConn, f func(fd int) error) error {
	var err error
	if cerr := c.Control(func(fd uintptr) { err = f(int(fd)) }); cerr != nil {
		return cerr
	}
	return err
}

// explain turns what net and the kernel say into one sentence.
func explain(a Address, err error) error {
	var op *net.OpError
	var at net.Addr
	if errors.As(err, &op) {
		at, err = op.Addr, op.Err
	}
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return fmt.Errorf("cannot listen on %v: %w", a, err)
	}
	switch errno {
	case unix.EADDRINUSE:
		return &InUseError{a, holder(a, at)}
	case unix.EPROTONOSUPPORT, unix.EAFNOSUPPORT, unix.ESOCKTNOSUPPORT, unix.EPROTOTYPE:
		return &UnsupportedError{a, fmt.Sprintf("this system has no %s sockets (%v)", a.Network, errno)}
	}
	return fmt.Errorf("cannot listen on %v: %w%s", a, errno, hint(a, errno))
}

func hint(a Address, errno syscall.Errno) string {
	switch {
	case errno == unix.EACCES && lowPort(a):
		return " (low ports need root or CAP_NET_BIND_SERVICE: choose one from 1024 up)"
	case errno == unix.EADDRNOTAVAIL:
		return " (no interface of this machine has that address)"
	case errno == unix.EMFILE:
		return " (raise limits.nofile or ulimit -n)"
	}
	return ""
}

func lowPort(a Address) bool {
	_, port, _ := net.SplitHostPort(a.Addr)
	n, err := strconv.Atoi(port)
	return err == nil && n < 1024
}

// Close closes the socket. The queue, and with it the connections that wait
// in it, lives on in processes that inherited the descriptor. A unix path is
// removed only while it is the one that Open made.
func (s *Socket) Close() error {
	if s.fd < 0 {
		return nil
	}
	// Before the close: our open socket keeps the inode's number from being
	// given to somebody else's file.
	err := s.unlink()
	cerr := unix.Close(s.fd)
	s.fd = -1
	if cerr != nil {
		cerr = fmt.Errorf("cannot close %v: %w", s.address, cerr)
	}
	return errors.Join(err, cerr)
}
