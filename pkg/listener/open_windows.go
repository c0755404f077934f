package listener

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// fionbio is FIONBIO of winsock2.h: whether a socket blocks.
const fionbio = 0x8004667e

// open makes a socket by hand. One that package net makes belongs to the completion
// port of this process and could serve no other: a socket has one such port at most.
// It does not block, which is true for all processes that share it.
func open(ctx context.Context, a Address) (*Socket, error) {
	if a.unix() {
		return nil, &UnsupportedError{a, "unix sockets cannot be handed over on Windows: use tcp"}
	}
	at, err := resolve(ctx, a)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %v: %w", a, err)
	}
	h, err := bind(a, at)
	if err != nil {
		return nil, explain(a, err)
	}
	bound, err := Bound(int(h), a.Stream())
	if err != nil {
		windows.Closesocket(h)
		return nil, fmt.Errorf("cannot listen on %v: %w", a, err)
	}
	return &Socket{address: a, bound: bound.String(), fd: int(h)}, nil
}

// resolve finds the numbers. Names have one, as everywhere: the first.
func resolve(_ context.Context, a Address) (*net.TCPAddr, error) {
	if a.Stream() {
		return net.ResolveTCPAddr(a.Network, a.Addr)
	}
	udp, err := net.ResolveUDPAddr(a.Network, a.Addr)
	if err != nil {
		return nil, err
	}
	return &net.TCPAddr{IP: udp.IP, Port: udp.Port, Zone: udp.Zone}, nil
}

func bind(a Address, at *net.TCPAddr) (windows.Handle, error) {
	only4, only6 := strings.HasSuffix(a.Network, "4"), strings.HasSuffix(a.Network, "6")
	everywhere := len(at.IP) == 0 || at.IP.IsUnspecified()
	if only4 || at.IP.To4() != nil && !everywhere {
		return bindTo(a, inet4(at), false)
	}
	h, err := bindTo(a, inet6(at), only6 || !everywhere)
	if errors.Is(err, windows.WSAEAFNOSUPPORT) && everywhere && !only6 {
		return bindTo(a, inet4(at), false) // without IPv6
	}
	return h, err
}

func inet4(at *net.TCPAddr) windows.Sockaddr {
	s := &windows.SockaddrInet4{Port: at.Port}
	copy(s.Addr[:], at.IP.To4())
	return s
}

func inet6(at *net.TCPAddr) windows.Sockaddr {
	s := &windows.SockaddrInet6{Port: at.Port}
	if !at.IP.IsUnspecified() { // also 0.0.0.0: every address of both kinds
		copy(s.Addr[:], at.IP.To16())
	}
	if i, err := net.InterfaceByName(at.Zone); err == nil {
		s.ZoneId = uint32(i.Index)
	}
	return s
}

func bindTo(a Address, at windows.Sockaddr, only6 bool) (windows.Handle, error) {
	family, kind, protocol := int32(windows.AF_INET), int32(windows.SOCK_STREAM), int32(windows.IPPROTO_TCP)
	if _, six := at.(*windows.SockaddrInet6); six {
		family = windows.AF_INET6
	}
	if !a.Stream() {
		kind, protocol = windows.SOCK_DGRAM, windows.IPPROTO_UDP
	}
	h, err := windows.WSASocket(family, kind, protocol, nil, 0, windows.WSA_FLAG_OVERLAPPED|windows.WSA_FLAG_NO_HANDLE_INHERIT)
	if err != nil {
		return 0, os.NewSyscallError("wsasocket", err)
	}
	if err := prepare(h, a, at, only6); err != nil {
		windows.Closesocket(h)
		return 0, err
	}
	return h, nil
}

func prepare(h windows.Handle, a Address, at windows.Sockaddr, only6 bool) error {
	if _, six := at.(*windows.SockaddrInet6); six {
		on := 0
		if only6 {
			on = 1
		}
		if err := windows.SetsockoptInt(h, windows.IPPROTO_IPV6, windows.IPV6_V6ONLY, on); err != nil {
			return os.NewSyscallError("setsockopt", err)
		}
	}
	if err := unblock(h); err != nil {
		return err
	}
	if err := windows.Bind(h, at); err != nil {
		return os.NewSyscallError("bind", err)
	}
	if !a.Stream() {
		return nil
	}
	return os.NewSyscallError("listen", windows.Listen(h, windows.SOMAXCONN))
}

func unblock(h windows.Handle) error {
	on, n := uint32(1), uint32(0)
	return os.NewSyscallError("ioctlsocket", windows.WSAIoctl(h, fionbio, (*byte)(unsafe.Pointer(&on)), 4, nil, 0, &n, nil, 0))
}

// explain turns what Winsock says into one sentence.
func explain(a Address, err error) error {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return fmt.Errorf("cannot listen on %v: %w", a, err)
	}
	switch errno {
	case windows.WSAEADDRINUSE:
		return &InUseError{a, holder(a)}
	case windows.WSAEACCES:
		return fmt.Errorf("cannot listen on %v: %w (somebody may have it for himself alone, or the range is reserved: netsh int ipv4 show excludedportrange tcp)", a, errno)
	case windows.WSAEAFNOSUPPORT, windows.WSAEPROTONOSUPPORT:
		return &UnsupportedError{a, fmt.Sprintf("this system has no %s sockets (%v)", a.Network, errno)}
	case windows.WSAEADDRNOTAVAIL:
		return fmt.Errorf("cannot listen on %v: %w (no interface of this machine has that address)", a, errno)
	}
	return fmt.Errorf("cannot listen on %v: %w", a, errno)
}

// Bound is where the socket with that handle is bound.
func Bound(handle int, stream bool) (net.Addr, error) {
	at, err := windows.Getsockname(windows.Handle(handle))
	if err != nil {
		return nil, os.NewSyscallError("getsockname", err)
	}
	var ip net.IP
	var port int
	var zone string
	switch at := at.(type) {
	case *windows.SockaddrInet4:
		ip, port = at.Addr[:], at.Port
	case *windows.SockaddrInet6:
		ip, port = at.Addr[:], at.Port
		if i, err := net.InterfaceByIndex(int(at.ZoneId)); err == nil {
			zone = i.Name
		}
	default:
		return nil, fmt.Errorf("the socket is of another family (%T)", at)
	}
	if stream {
		return &net.TCPAddr{IP: ip, Port: port, Zone: zone}, nil
	}
	return &net.UDPAddr{IP: ip, Port: port, Zone: zone}, nil
}

// Close closes the socket. The queue, and with it the connections that wait in it,
// lives on in processes that have a duplicate.
func (s *Socket) Close() error {
	if s.fd < 0 {
		return nil
	}
	err := windows.Closesocket(windows.Handle(s.fd))
	s.fd = -1
	if err != nil {
		return fmt.Errorf("cannot close %v: %w", s.address, err)
	}
	return nil
}
