package adopt

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// States of a socket (include/net/tcp_states.h), as bits of a request.
const (
	established = 1 << 1
	handshaking = 1 << 3 // SYN_RECV
	unconnected = 1 << 7 // CLOSE
	closeWait   = 1 << 8
	listening   = 1 << 10
)

// Offsets in struct inet_diag_msg and struct inet_diag_req_v2 (sock_diag(7)).
const (
	diagMessageSize = 72
	diagRequestSize = unix.SizeofNlMsghdr + 56
	diagAttrInfo    = 2  // struct tcp_info
	diagAttrV6Only  = 11 // one byte
)

// diagSocket is one line of the kernel's table of TCP sockets.
type diagSocket struct {
	place
	peer     netip.AddrPort
	cookie   uint64
	unread   uint32 // bytes that the program has not read
	inode    uint64 // 0: not accepted yet
	info     unix.TCPInfo
	observed bool // info was given
}

// sockets lists the TCP sockets at a local port that are in one of the states.
func sockets(port uint16, states uint32) ([]diagSocket, error) {
	return socketsOf(unix.IPPROTO_TCP, port, states)
}

// socketsOf is socketsWith, with all that is needed of each socket.
func socketsOf(protocol uint8, port uint16, states uint32) ([]diagSocket, error) {
	return socketsWith(1<<(diagAttrInfo-1), protocol, port, states)
}

// socketsWith is sockets with the attributes that are asked for as bits, of either protocol. A UDP socket that is not connected is
// in the state unconnected.
func socketsWith(attributes, protocol uint8, port uint16, states uint32) (all []diagSocket, err error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, fmt.Errorf("cannot look at the sockets of port %d: %w", port, err)
	}
	defer unix.Close(fd)
	for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
		if err := unix.Sendto(fd, diagRequest(attributes, family, protocol, port, states), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
			return nil, fmt.Errorf("cannot look at the sockets of port %d: %w", port, err)
		}
		err := answers(fd, true, func(body []byte) {
			if s, ok := parseDiag(body); ok {
				all = append(all, s)
			}
		})
		if err != nil {
			return nil, fmt.Errorf("cannot look at the sockets of port %d: %w", port, err)
		}
	}
	return all, nil
}

func diagRequest(attributes, family, protocol uint8, port uint16, states uint32) []byte {
	b := make([]byte, diagRequestSize)
	binary.NativeEndian.PutUint32(b, diagRequestSize)
	binary.NativeEndian.PutUint16(b[4:], unix.SOCK_DIAG_BY_FAMILY)
	binary.NativeEndian.PutUint16(b[6:], unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	r := b[unix.SizeofNlMsghdr:]
	r[0], r[1], r[2] = family, protocol, attributes
	binary.NativeEndian.PutUint32(r[4:], states)
	binary.BigEndian.PutUint16(r[8:], port)
	binary.NativeEndian.PutUint64(r[48:], ^uint64(0)) // any cookie
	return b
}

// parseDiag reads struct inet_diag_msg and the attributes behind it.
func parseDiag(b []byte) (s diagSocket, ok bool) {
	if len(b) < diagMessageSize {
		return s, false
	}
	family := b[0]
	s.addr = netip.AddrPortFrom(diagAddr(family, b[8:24]), binary.BigEndian.Uint16(b[4:]))
	s.peer = netip.AddrPortFrom(diagAddr(family, b[24:40]), binary.BigEndian.Uint16(b[6:]))
	s.device = int(binary.NativeEndian.Uint32(b[40:]))
	s.cookie = binary.NativeEndian.Uint64(b[44:])
	s.unread = binary.NativeEndian.Uint32(b[56:])
	s.inode = uint64(binary.NativeEndian.Uint32(b[68:]))
	for rest := b[diagMessageSize:]; len(rest) >= unix.SizeofRtAttr; {
		size := int(binary.NativeEndian.Uint16(rest))
		if size < unix.SizeofRtAttr || size > len(rest) {
			break
		}
		value := rest[unix.SizeofRtAttr:size]
		switch binary.NativeEndian.Uint16(rest[2:]) {
		case diagAttrV6Only:
			s.v6only = slices.Contains(value, 1)
		case diagAttrInfo:
			// An older kernel gives less, a newer one more. The struct has gaps, so it is
			// taken as it lies in memory.
			copy(unsafe.Slice((*byte)(unsafe.Pointer(&s.info)), unsafe.Sizeof(s.info)), value)
			s.observed = true
		}
		rest = rest[min(align(size), len(rest)):]
	}
	return s, true
}

func diagAddr(family uint8, b []byte) netip.Addr {
	if family == unix.AF_INET {
		return netip.AddrFrom4([4]byte(b))
	}
	return netip.AddrFrom16([16]byte(b))
}

// align: messages and attributes begin at multiples of four.
func align(n int) int { return (n + 3) &^ 3 }
