package handoff

import (
	"errors"
	"net"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// acceptor is a listener on a socket on which other generations accept as well.
type acceptor struct {
	shared *shared
	addr   net.Addr
}

func newAcceptor(handle int, addr net.Addr) (*acceptor, error) {
	s, err := share(handle)
	if err != nil {
		return nil, err
	}
	return &acceptor{s, addr}, nil
}

// Accept implements [net.Listener].
func (a *acceptor) Accept() (net.Conn, error) {
	for {
		var c windows.Handle
		err := a.shared.do(noDeadline, func() error {
			h, _, err := procAccept.Call(uintptr(a.shared.socket), 0, 0)
			c = windows.Handle(h)
			return errno(h, err)
		})
		switch {
		case errors.Is(err, net.ErrClosed):
			return nil, net.ErrClosed
		case errors.Is(err, windows.WSAECONNRESET), errors.Is(err, windows.WSAECONNABORTED):
			continue // whoever connected is gone already
		case err != nil:
			return nil, &net.OpError{Op: "accept", Net: a.addr.Network(), Addr: a.addr, Err: os.NewSyscallError("accept", err)}
		}
		return connected(c)
	}
}

func noDeadline() time.Time { return time.Time{} }

// connected makes a connection of package net of an accepted socket, which is this
// process's alone. Package net takes a duplicate.
func connected(h windows.Handle) (net.Conn, error) {
	f := os.NewFile(uintptr(h), "accepted")
	defer f.Close()
	return net.FileConn(f)
}

// Close implements [net.Listener]. It is this process that stops accepting.
func (a *acceptor) Close() error { return a.shared.close() }

// Addr implements [net.Listener].
func (a *acceptor) Addr() net.Addr { return a.addr }
