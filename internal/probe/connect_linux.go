package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"
)

const (
	firstLook = 200 * time.Microsecond
	lastLook  = 20 * time.Millisecond
	// maxMisses is how often to look in vain for the server's end, or for its
	// holder: between the moment that a connection leaves the queue and that it
	// has a descriptor, nobody holds it; nor does anyone while it is passed from
	// one process to another.
	maxMisses = 3
)

// connect returns a connection that a process of the generation has accepted.
func connect(ctx context.Context, addr string, mine Belongs) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, dialError(ctx, err)
	}
	s := search{server: addrPort(conn.RemoteAddr()), client: addrPort(conn.LocalAddr()), mine: mine}
	if err := s.run(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// dialError leaves out the address, which the caller names.
func dialError(ctx context.Context, err error) error {
	op, ok := errors.AsType[*net.OpError](err)
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("cannot connect: %w", context.Cause(ctx))
	case ok:
		return op.Err
	}
	return err
}

func addrPort(a net.Addr) netip.AddrPort {
	at := a.(*net.TCPAddr).AddrPort()
	return netip.AddrPortFrom(at.Addr().Unmap().WithZone(""), at.Port())
}

// search finds out who accepted a connection.
//
//	         accept
//	queued ──────────▶ accepted ── a process of the generation holds it ──▶ nil
//	   │                   └────── none, maxMisses times ─────────▶ ErrOther
//	   └─ no longer there, maxMisses times ▶ ErrNotFound
type search struct {
	server, client netip.AddrPort
	mine           Belongs
	misses         int
}

func (s *search) run(ctx context.Context) error {
	for wait := firstLook; ; wait = min(2*wait, lastLook) {
		done, err := s.look()
		if done {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", err, context.Cause(ctx))
		case <-time.After(wait):
		}
	}
}

// look reports whether the answer is known; if not, err is what keeps it.
func (s *search) look() (done bool, err error) {
	end, err := serverEnd(s.server, s.client)
	switch {
	case err != nil:
		return true, fmt.Errorf("cannot ask the kernel about the connection: %w; %s", err, instead)
	case end.queued():
		return false, ErrNotAccepted
	case end.inode == 0:
		err = ErrNotFound
	default:
		if err = heldBy(end.inode, s.mine); err == nil {
			return true, nil
		}
	}
	s.misses++
	return s.misses == maxMisses, err
}
