package adopt

import (
	"encoding/binary"
	"fmt"

	"golang.org/x/sys/unix"
)

// Sizes, attributes and what to show of struct unix_diag_req and struct
// unix_diag_msg (linux/unix_diag.h, sock_diag(7)).
const (
	unixMessageSize = 16
	unixRequestSize = unix.SizeofNlMsghdr + 24

	unixAttrFile     = 1 // of the socket's name: inode and device
	unixAttrQueue    = 4 // what waits to be read, or accepted
	unixAttrShutdown = 6

	shutBoth = 1 | 2 // RCV_SHUTDOWN and SEND_SHUTDOWN (net/sock.h)

	unixShowFile  = 1 << 1
	unixShowQueue = 1 << 4
)

// unixSocket is one line of the kernel's table of sockets of unix(7).
type unixSocket struct {
	inode  uint64 // 0: not accepted yet
	cookie uint64
	file   uint32 // the low half of the inode of the file that is its name; 0: none
	unread uint32 // bytes; of one that listens, connections
	left   bool   // the other end is closed
}

// connectedTo lists the connections of the listening socket whose name is the file:
// accepted ones, and those in its queue.
func connectedTo(file uint32) ([]unixSocket, error) {
	all, err := unixSockets(0, established)
	if err != nil {
		return nil, err
	}
	var found []unixSocket
	for _, s := range all {
		if s.file == file {
			found = append(found, s)
		}
	}
	return found, nil
}

// unixSocketOf looks at one socket; ok is false if the kernel does not show it.
func unixSocketOf(inode uint64) (s unixSocket, ok bool) {
	all, err := unixSockets(inode, ^uint32(0))
	if err != nil || len(all) != 1 {
		return s, false
	}
	return all[0], true
}

// unixSockets lists those of our network in one of the states, or the one of the inode.
func unixSockets(inode uint64, states uint32) ([]unixSocket, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, fmt.Errorf("cannot look at unix sockets: %w", err)
	}
	defer unix.Close(fd)
	b := make([]byte, unixRequestSize)
	binary.NativeEndian.PutUint32(b, unixRequestSize)
	binary.NativeEndian.PutUint16(b[4:], unix.SOCK_DIAG_BY_FAMILY)
	flags := uint16(unix.NLM_F_REQUEST)
	if inode == 0 {
		flags |= unix.NLM_F_DUMP
	}
	binary.NativeEndian.PutUint16(b[6:], flags)
	r := b[unix.SizeofNlMsghdr:]
	r[0] = unix.AF_UNIX
	binary.NativeEndian.PutUint32(r[4:], states)
	binary.NativeEndian.PutUint32(r[8:], uint32(inode))
	binary.NativeEndian.PutUint32(r[12:], unixShowFile|unixShowQueue)
	binary.NativeEndian.PutUint64(r[16:], ^uint64(0)) // any cookie
	if err := unix.Sendto(fd, b, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return nil, fmt.Errorf("cannot look at unix sockets: %w", err)
	}
	var all []unixSocket
	err = answers(fd, inode == 0, func(body []byte) {
		if s, ok := parseUnixDiag(body); ok {
			all = append(all, s)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("cannot look at unix sockets: %w", err)
	}
	return all, nil
}

// parseUnixDiag reads struct unix_diag_msg and the attributes behind it.
func parseUnixDiag(b []byte) (s unixSocket, ok bool) {
	if len(b) < unixMessageSize {
		return s, false
	}
	s.inode = uint64(binary.NativeEndian.Uint32(b[4:]))
	s.cookie = binary.NativeEndian.Uint64(b[8:])
	for rest := b[unixMessageSize:]; len(rest) >= unix.SizeofRtAttr; {
		size := int(binary.NativeEndian.Uint16(rest))
		if size < unix.SizeofRtAttr || size > len(rest) {
			break
		}
		value := rest[unix.SizeofRtAttr:size]
		switch kind := binary.NativeEndian.Uint16(rest[2:]); {
		case kind == unixAttrFile && len(value) >= 4:
			s.file = binary.NativeEndian.Uint32(value)
		case kind == unixAttrQueue && len(value) >= 4:
			s.unread = binary.NativeEndian.Uint32(value)
		case kind == unixAttrShutdown && len(value) >= 1:
			s.left = value[0] == shutBoth
		}
		rest = rest[min(align(size), len(rest)):]
	}
	return s, true
}
