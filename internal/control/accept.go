package control

import (
	"errors"
	"net"
)

// lasting is a listener that goes on after whatever an accept fails with, for want of
// memory or descriptors: who asks next may be answered. Else the supervisor would be
// without its control socket for good.
type lasting struct{ net.Listener }

// Accept returns errors after which net/http waits and tries again, and net.ErrClosed.
func (l lasting) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil && !errors.Is(err, net.ErrClosed) {
		err = passing{err}
	}
	return c, err
}

// passing is a net.Error of which net/http knows that it may pass.
type passing struct{ error }

func (p passing) Unwrap() error { return p.error }
func (passing) Timeout() bool   { return false }
func (passing) Temporary() bool { return true }
