package handoff

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// datagrams is a socket of datagrams that other generations read as well.
type datagrams struct {
	shared *shared
	addr   net.Addr
	six    bool

	mu    sync.Mutex
	until time.Time // when reading ends
}

func newDatagrams(handle int, addr net.Addr, six bool) (*datagrams, error) {
	s, err := share(handle)
	if err != nil {
		return nil, err
	}
	return &datagrams{shared: s, addr: addr, six: six}, nil
}

func (p *datagrams) deadline() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.until
}

// ReadFrom implements [net.PacketConn]. A datagram that is longer than b is cut, as
// elsewhere, and an answer that came back as unreachable is nobody's error.
func (p *datagrams) ReadFrom(b []byte) (n int, from net.Addr, err error) {
	if len(b) == 0 {
		return 0, nil, nil
	}
	var at windows.RawSockaddrAny
	err = p.shared.do(p.deadline, func() error {
		for {
			size := int32(unsafe.Sizeof(at))
			r, _, err := procRecvfrom.Call(uintptr(p.shared.socket), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), 0,
				uintptr(unsafe.Pointer(&at)), uintptr(unsafe.Pointer(&size)))
			n = int(int32(r))
			switch err := errno(r, err); {
			case errors.Is(err, windows.WSAECONNRESET), errors.Is(err, windows.WSAENETRESET):
				continue
			case errors.Is(err, windows.WSAEMSGSIZE):
				n = len(b)
				return nil
			default:
				return err
			}
		}
	})
	if err != nil {
		return 0, nil, p.failed("read", err)
	}
	return n, udpAddr(&at), nil
}

func udpAddr(at *windows.RawSockaddrAny) net.Addr {
	sa, err := at.Sockaddr()
	if err != nil {
		return &net.UDPAddr{}
	}
	switch sa := sa.(type) {
	case *windows.SockaddrInet4:
		return &net.UDPAddr{IP: sa.Addr[:], Port: sa.Port}
	case *windows.SockaddrInet6:
		return &net.UDPAddr{IP: sa.Addr[:], Port: sa.Port, Zone: zoneName(sa.ZoneId)}
	}
	return &net.UDPAddr{}
}

// WriteTo implements [net.PacketConn].
func (p *datagrams) WriteTo(b []byte, to net.Addr) (int, error) {
	addr, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, p.failed("write", fmt.Errorf("%T is no address of UDP", to))
	}
	if !p.shared.enter() {
		return 0, p.failed("write", net.ErrClosed)
	}
	defer p.shared.leave()
	if err := windows.Sendto(p.shared.socket, b, 0, p.sockaddr(addr)); err != nil {
		return 0, p.failed("write", os.NewSyscallError("sendto", err))
	}
	return len(b), nil
}

func (p *datagrams) sockaddr(to *net.UDPAddr) windows.Sockaddr {
	if !p.six {
		s := &windows.SockaddrInet4{Port: to.Port}
		copy(s.Addr[:], to.IP.To4())
		return s
	}
	s := &windows.SockaddrInet6{Port: to.Port}
	copy(s.Addr[:], to.IP.To16())
	if i, err := net.InterfaceByName(to.Zone); err == nil {
		s.ZoneId = uint32(i.Index)
	}
	return s
}

func (p *datagrams) failed(op string, err error) error {
	if errors.Is(err, net.ErrClosed) {
		err = net.ErrClosed
	}
	return &net.OpError{Op: op, Net: "udp", Source: p.addr, Err: err}
}

// SetReadDeadline implements [net.PacketConn].
func (p *datagrams) SetReadDeadline(t time.Time) error {
	p.mu.Lock()
	p.until = t
	p.mu.Unlock()
	return p.shared.ringAll()
}

// SetWriteDeadline implements [net.PacketConn]. A write does not wait.
func (p *datagrams) SetWriteDeadline(time.Time) error { return nil }

// SetDeadline implements [net.PacketConn].
func (p *datagrams) SetDeadline(t time.Time) error { return p.SetReadDeadline(t) }

// Close implements [net.PacketConn].
func (p *datagrams) Close() error { return p.shared.close() }

// LocalAddr implements [net.PacketConn].
func (p *datagrams) LocalAddr() net.Addr { return p.addr }
