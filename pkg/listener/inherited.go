package listener

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// Inherited is a socket that this process was given open, in place of an address
// to bind: by systemd, by its fd store, by the supervisor that it succeeds.
type Inherited struct {
	Name string
	FD   int // owned by the Inherited until it is adopted

	// Ours says that the socket was opened by Open, in a process before this one:
	// Name is then its Key, and its unix path is ours to change and to remove.
	// Otherwise path, mode and owner belong to whoever made it.
	Ours bool

	Network string   // tcp, udp, unix, unixgram or unixpacket; empty: nothing to listen on
	Addr    net.Addr // where it is bound
	v6      bool
}

// Origin is where a socket came from.
type Origin int

const (
	Opened    Origin = iota // it was opened here
	Succeeded               // it was opened by a process before this one
	Lent                    // it is somebody's who keeps it open himself, such as a .socket unit
)

// String is name=network://address, or name (fd 3) if it is no listening socket.
func (i Inherited) String() string {
	if i.Network == "" {
		return fmt.Sprintf("%s (fd %d)", i.Name, i.FD)
	}
	return i.Name + "=" + i.Network + "://" + i.Addr.String()
}

const maxKey = 200

// Key is a name for the socket of this address that no other address has and
// that sd_pid_notify_with_fds(3) allows, with room for a prefix: at most 200
// characters of printable ASCII without ":".
func (a Address) Key() string {
	key := url.QueryEscape(a.Name + "=" + a.Network + "://" + a.Addr)
	if len(key) > maxKey {
		sum := sha256.Sum256([]byte(key))
		return key[:maxKey-2*len(sum)] + hex.EncodeToString(sum[:])
	}
	return key
}

// Inheritance is what is left of what a process was given. It belongs to one
// goroutine; the zero value is empty.
type Inheritance struct{ left []Inherited }

// Add adds sockets, which are considered in the order in which they were added.
func (h *Inheritance) Add(all ...Inherited) { h.left = append(h.left, all...) }

// Left returns what was not adopted (yet: a later config may name it).
func (h *Inheritance) Left() []Inherited { return h.left }

// Open adopts the inherited socket that is meant for the address, or else opens
// the address as the function Open does.
//
// Meant for it is one of the same kind: by its Key if it is Ours, else by name (of
// several with that name the one that is bound there), else by where it is bound.
// One of Ours that clients cannot reach any more is closed, and the address opened
// in its place. Whatever else is wrong with one is an error, and it is left.
func (h *Inheritance) Open(ctx context.Context, a Address) (*Socket, error) {
	checked, err := check(a)
	if err != nil {
		return nil, err
	}
	for {
		at := h.find(checked)
		if at < 0 {
			return Open(ctx, checked)
		}
		i := h.left[at]
		s, err := i.adopt(checked)
		if err != nil && !errors.Is(err, errUnreachable) {
			return nil, fmt.Errorf("cannot take over %v: %w", checked, err)
		}
		h.left = append(h.left[:at:at], h.left[at+1:]...)
		if err == nil {
			return s, nil
		}
		// It must not keep the address from the one to be opened in its place.
		i.close()
	}
}

// errUnreachable: a socket keeps its address when its file is removed or another one
// takes its place, and then nobody connects to it any more.
var errUnreachable = errors.New("clients do not find it any more")

// Drop closes what is left of Ours, and returns it. While it is open clients reach
// an address that no config names any more, and wait there for nobody.
func (h *Inheritance) Drop() (gone []Inherited) {
	var kept []Inherited
	for _, i := range h.left {
		if !i.Ours {
			kept = append(kept, i)
			continue
		}
		i.close()
		gone = append(gone, i)
	}
	h.left = kept
	return gone
}

// Close closes what is left.
func (h *Inheritance) Close() {
	for _, i := range h.left {
		i.close()
	}
	h.left = nil
}

func (h *Inheritance) find(a Address) int {
	for _, meant := range []func(Inherited, Address) bool{
		func(i Inherited, a Address) bool { return i.Ours && i.Name == a.Key() },
		func(i Inherited, a Address) bool { return i.named(a) && i.bound(a) },
		Inherited.named,
		Inherited.bound,
	} {
		for at, i := range h.left {
			if i.suits(a.Network) && meant(i, a) {
				return at
			}
		}
	}
	return -1
}

// suits reports whether it is a socket of that network: "tcp" takes either family.
func (i Inherited) suits(network string) bool {
	family := strings.TrimRight(network, "46")
	switch {
	case i.Network == "" || i.Network != family:
		return false
	case strings.HasSuffix(network, "4"):
		return !i.v6
	case strings.HasSuffix(network, "6"):
		return i.v6
	}
	return true
}

// named: a Key, by which ours are called, is nobody's name.
func (i Inherited) named(a Address) bool { return i.Name != "" && i.Name == a.Name }

// bound reports whether the socket is bound where the address says: the same
// port, and the same host, or any host on both sides. Port 0 is no address.
func (i Inherited) bound(a Address) bool {
	switch have := i.Addr.(type) {
	case *net.TCPAddr:
		want, err := net.ResolveTCPAddr(a.Network, a.Addr)
		return err == nil && want.Port != 0 && have.Port == want.Port && have.Zone == want.Zone && sameHost(have.IP, want.IP)
	case *net.UDPAddr:
		want, err := net.ResolveUDPAddr(a.Network, a.Addr)
		return err == nil && want.Port != 0 && have.Port == want.Port && have.Zone == want.Zone && sameHost(have.IP, want.IP)
	case *net.UnixAddr:
		return have.Name == a.Addr
	}
	return false
}

func sameHost(a, b net.IP) bool {
	if anyHost(a) || anyHost(b) {
		return anyHost(a) && anyHost(b)
	}
	return a.Equal(b)
}

func anyHost(ip net.IP) bool { return len(ip) == 0 || ip.IsUnspecified() }
