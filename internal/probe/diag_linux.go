package probe

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// Messages of sock_diag(7), from linux/inet_diag.h. Addresses and ports are in
// network byte order, an IPv4 address takes the first four bytes.
type (
	diagID struct {
		ServerPort, ClientPort [2]byte
		Server, Client         [16]byte
		Interface              uint32
		Cookie                 [2]uint32
	}
	diagRequest struct {
		Header                   unix.NlMsghdr
		Family, Protocol, Ext, _ uint8
		States                   uint32
		ID                       diagID
	}
	diagAnswer struct {
		Header                         unix.NlMsghdr
		Family, State, Timer, Retrans  uint8
		ID                             diagID
		Expires, ReadQueue, WriteQueue uint32
		UID, Inode                     uint32
	}
)

const anyCookie = ^uint32(0)

// diag asks for a connection by its exact addresses. An IPv4 connection to an IPv6
// socket is found as IPv4, one to an MPTCP socket that the client did not make by
// MPTCP as TCP.
func diag(server, client netip.AddrPort) (end, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return end{}, fmt.Errorf("cannot open sock_diag: %w", err)
	}
	defer unix.Close(fd)
	request, err := diagMessage(server, client)
	if err != nil {
		return end{}, err
	}
	if err := unix.Sendto(fd, request, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return end{}, fmt.Errorf("cannot ask sock_diag: %w", err)
	}
	answer := make([]byte, 4096)
	// The kernel answers within the send.
	n, _, err := unix.Recvfrom(fd, answer, unix.MSG_DONTWAIT)
	if err != nil {
		return end{}, fmt.Errorf("cannot read from sock_diag: %w", err)
	}
	return parseDiag(answer[:n])
}

func diagMessage(server, client netip.AddrPort) ([]byte, error) {
	r := diagRequest{Family: unix.AF_INET6, Protocol: unix.IPPROTO_TCP, States: ^uint32(0)}
	if server.Addr().Is4() {
		r.Family = unix.AF_INET
	}
	r.ID.Cookie = [2]uint32{anyCookie, anyCookie}
	copy(r.ID.Server[:], server.Addr().AsSlice())
	copy(r.ID.Client[:], client.Addr().AsSlice())
	binary.BigEndian.PutUint16(r.ID.ServerPort[:], server.Port())
	binary.BigEndian.PutUint16(r.ID.ClientPort[:], client.Port())
	r.Header = unix.NlMsghdr{
		Len:   uint32(binary.Size(r)),
		Type:  unix.SOCK_DIAG_BY_FAMILY,
		Flags: unix.NLM_F_REQUEST,
	}
	return binary.Append(nil, binary.NativeEndian, r)
}

// parseDiag reads the answer. The error of one that says so is a unix.Errno.
func parseDiag(message []byte) (end, error) {
	var header unix.NlMsghdr
	n, err := binary.Decode(message, binary.NativeEndian, &header)
	if err != nil {
		return end{}, fmt.Errorf("sock_diag answered with %d bytes", len(message))
	}
	var answer diagAnswer
	switch {
	case header.Type == unix.NLMSG_ERROR && len(message) >= n+4:
		return end{}, unix.Errno(-int32(binary.NativeEndian.Uint32(message[n:])))
	case header.Type != unix.SOCK_DIAG_BY_FAMILY:
		return end{}, fmt.Errorf("sock_diag answered with message type %d", header.Type)
	}
	if _, err := binary.Decode(message, binary.NativeEndian, &answer); err != nil {
		return end{}, fmt.Errorf("sock_diag answered with %d bytes", len(message))
	}
	if answer.State == stateListen { // where there is no connection, its listener is found
		return end{}, nil
	}
	return end{answer.State, answer.Inode}, nil
}
