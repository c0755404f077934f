package listener

import (
	"context"
	"fmt"
	"io/fs"
)

// Socket is an open listening socket. It belongs to one goroutine.
type Socket struct {
	address Address
	bound   string
	fd      int
	file    fs.FileInfo // the path as we made it; nil if there is none
	origin  Origin
}

// Open binds the address, and listens if it takes connections.
//
// A unix path whose socket nobody listens on any more is replaced; one that is
// alive, like any other address in use, is an *InUseError; anything else in
// its place is left alone and reported. The path gets its mode, owner and
// group before Open returns: on Linux it never had wider permissions, elsewhere
// the umask decides for the moment until then.
//
// What the system does not have (abstract sockets outside Linux, unixpacket on
// macOS, unix sockets on Windows) is an *UnsupportedError.
func Open(ctx context.Context, a Address) (*Socket, error) {
	checked, err := check(a)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("cannot listen on %v: %w", a, err)
	}
	return open(ctx, checked)
}

// check gives an Address that was put together by hand the same scrutiny as a
// parsed one.
func check(a Address) (Address, error) {
	checked, err := Parse(a.String())
	if err == nil && a.Name != "" {
		err = checkName(a.Name)
	}
	if err != nil {
		return Address{}, fmt.Errorf("cannot listen on %.300q: %w", a.String(), err)
	}
	checked.Name = a.Name
	return checked, nil
}

// Address is where the socket was asked to listen.
func (s *Socket) Address() Address { return s.address }

// Bound is where it really listens: host:port with the port that the system
// chose for port 0, or the path, or @name.
func (s *Socket) Bound() string { return s.bound }

// FD is the descriptor, -1 after Close. It stays owned by the Socket: pass it
// on, but do not close it and do not wrap it in an os.File. Its O_NONBLOCK
// belongs to the open file that every generation shares, so it must stay set.
func (s *Socket) FD() int { return s.fd }

// Origin is where the socket came from.
func (s *Socket) Origin() Origin { return s.origin }
