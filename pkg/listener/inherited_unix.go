//go:build unix

package listener

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// Examine looks at a descriptor that this process was started with or was sent,
// and keeps it from children. A socket is made not to block: O_NONBLOCK belongs to
// the open file, which whoever gave it and every generation share. The Network of
// what is no listening or datagram socket is empty. The descriptor is the
// caller's until the result is added to an Inheritance.
func Examine(fd int, name string, ours bool) (Inherited, error) {
	i := Inherited{Name: name, FD: fd, Ours: ours}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETFD, unix.FD_CLOEXEC); err != nil {
		return i, fmt.Errorf("cannot use inherited descriptor %d (%s): %w", fd, name, err)
	}
	kind, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	if errors.Is(err, unix.ENOTSOCK) {
		return i, nil
	}
	var at unix.Sockaddr
	if err == nil {
		at, err = unix.Getsockname(fd)
	}
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		return i, fmt.Errorf("cannot use inherited socket %d (%s): %w", fd, name, err)
	}
	if kind == unix.SOCK_DGRAM || accepts(fd) {
		i.locate(kind, at)
	}
	return i, nil
}

func accepts(fd int) bool {
	on, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	return err == nil && on != 0
}

func (i *Inherited) locate(kind int, at unix.Sockaddr) {
	switch at := at.(type) {
	case *unix.SockaddrInet4:
		i.inet(kind, at.Addr[:], at.Port, 0)
	case *unix.SockaddrInet6:
		i.v6 = true
		i.inet(kind, at.Addr[:], at.Port, at.ZoneId)
	case *unix.SockaddrUnix:
		i.Network = map[int]string{unix.SOCK_STREAM: "unix", unix.SOCK_DGRAM: "unixgram", unix.SOCK_SEQPACKET: "unixpacket"}[kind]
		i.Addr = &net.UnixAddr{Name: at.Name, Net: i.Network}
	}
}

func (i *Inherited) inet(kind int, ip net.IP, port int, zone uint32) {
	name := ""
	if zone != 0 {
		if ifi, err := net.InterfaceByIndex(int(zone)); err == nil {
			name = ifi.Name
		}
	}
	switch kind {
	case unix.SOCK_STREAM:
		i.Network, i.Addr = "tcp", &net.TCPAddr{IP: ip, Port: port, Zone: name}
	case unix.SOCK_DGRAM:
		i.Network, i.Addr = "udp", &net.UDPAddr{IP: ip, Port: port, Zone: name}
	}
}

// adopt makes it the socket of the address. On an error it stays as it is.
func (i Inherited) adopt(a Address) (*Socket, error) {
	s := &Socket{address: a, bound: i.Addr.String(), fd: i.FD, origin: Succeeded}
	if !i.Ours {
		s.origin = Lent
	}
	if !i.Ours || a.path() == "" {
		return s, nil
	}
	uid, gid, err := lookUp(a)
	if err != nil {
		return nil, fmt.Errorf("cannot take over %v: %w", a, err)
	}
	if s.file, err = i.pathFile(a); err != nil {
		return nil, err
	}
	if err := s.permit(uid, gid); err != nil {
		return nil, err
	}
	return s, nil
}

// pathFile is the file through which clients reach the socket. A socket keeps its
// address when the file is removed or another one takes its place, and then nobody
// connects to it any more.
func (i Inherited) pathFile(a Address) (fs.FileInfo, error) {
	file, err := os.Lstat(a.path())
	if err != nil {
		return nil, fmt.Errorf("cannot take over %v: clients do not find it any more: %w", a, bare(err))
	}
	if file.Mode().Type() != fs.ModeSocket || !soleSocket(i.FD, a) {
		return nil, fmt.Errorf("cannot take over %v: something else has taken its path", a)
	}
	return file, nil
}

func (i Inherited) close() { unix.Close(i.FD) }
