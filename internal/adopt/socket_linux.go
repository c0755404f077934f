package adopt

import (
	"encoding/binary"
	"net/netip"
	"strconv"

	"golang.org/x/sys/unix"
)

// protocolMPTCP is what Go listens with by default since 1.24. Its sockets take no
// programs (EOPNOTSUPP).
const protocolMPTCP = unix.IPPROTO_MPTCP

func option(fd, level, name int) int {
	v, err := unix.GetsockoptInt(fd, level, name)
	if err != nil {
		return 0
	}
	return v
}

// shape is what kind of socket it is.
type shape struct{ domain, kind, protocol int }

func shapeOf(fd int) shape {
	return shape{option(fd, unix.SOL_SOCKET, unix.SO_DOMAIN), option(fd, unix.SOL_SOCKET, unix.SO_TYPE), option(fd, unix.SOL_SOCKET, unix.SO_PROTOCOL)}
}

func (s shape) datagram() bool {
	return s.internet() && s.kind == unix.SOCK_DGRAM && s.protocol == unix.IPPROTO_UDP
}

// path: it can have a path of unix(7), and listen there.
func (s shape) path() bool {
	return s.domain == unix.AF_UNIX && (s.kind == unix.SOCK_STREAM || s.kind == unix.SOCK_SEQPACKET)
}

func (s shape) internet() bool { return s.domain == unix.AF_INET || s.domain == unix.AF_INET6 }

func (s shape) stream() bool {
	return s.internet() && s.kind == unix.SOCK_STREAM && (s.protocol == unix.IPPROTO_TCP || s.protocol == protocolMPTCP)
}

// placed adds what the socket says of itself to its address.
func (s shape) placed(fd int, addr netip.AddrPort) place {
	p := place{udp: s.datagram(), addr: addr, device: option(fd, unix.SOL_SOCKET, unix.SO_BINDTOIFINDEX)}
	if addr.Addr().Is6() {
		p.v6only = option(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY) != 0
	}
	return p
}

// boundTo is where a socket is bound; not valid if nowhere, or at no address of
// the internet.
func boundTo(fd int) netip.AddrPort {
	sa, err := unix.Getsockname(fd)
	if err != nil {
		return netip.AddrPort{}
	}
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(zoned(sa.Addr, sa.ZoneId), uint16(sa.Port))
	}
	return netip.AddrPort{}
}

func zoned(addr [16]byte, zone uint32) netip.Addr {
	ip := netip.AddrFrom16(addr)
	if zone != 0 {
		ip = ip.WithZone(strconv.FormatUint(uint64(zone), 10))
	}
	return ip
}

// wanted reads the address that is given to bind (struct sockaddr, ip(7), ipv6(7)).
// It is not valid for other families.
func wanted(sockaddr []byte) netip.AddrPort {
	if len(sockaddr) < 2 {
		return netip.AddrPort{}
	}
	switch family := binary.NativeEndian.Uint16(sockaddr); {
	case family == unix.AF_INET && len(sockaddr) >= unix.SizeofSockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(sockaddr[4:8])), binary.BigEndian.Uint16(sockaddr[2:]))
	case family == unix.AF_INET6 && len(sockaddr) >= unix.SizeofSockaddrInet6-4:
		var zone uint32
		if len(sockaddr) >= unix.SizeofSockaddrInet6 {
			zone = binary.NativeEndian.Uint32(sockaddr[24:])
		}
		return netip.AddrPortFrom(zoned([16]byte(sockaddr[8:24]), zone), binary.BigEndian.Uint16(sockaddr[2:]))
	}
	return netip.AddrPort{}
}

// here reports whether the socket belongs to our network, and not to one that the
// process has made for itself.
func (t *Table) here(fd int) bool { return networkOf(fd) == t.network }

// networkOf names the network namespace of a socket.
func networkOf(fd int) uint64 {
	cookie, err := unix.GetsockoptUint64(fd, unix.SOL_SOCKET, unix.SO_NETNS_COOKIE)
	if err != nil {
		return 0
	}
	return cookie
}

func ourNetwork() uint64 {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0
	}
	defer unix.Close(fd)
	return networkOf(fd)
}

func inodeOf(fd int) uint64 {
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil {
		return 0
	}
	return st.Ino
}
