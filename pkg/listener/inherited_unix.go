//go:build unix

package listener

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"

	"golang.org/x/sys/unix"
)

// Examine looks at a descriptor that this process was started with or was sent,
// and keeps it from children. A socket is made not to block: O_NONBLOCK belongs to
// the open file, which whoever gave it and every generation share. The Network of
// what is no listening or datagram socket is empty; what cannot be looked at is an
// error, and never nothing to listen on: its address would be opened beside it. The
// descriptor is the caller's until the result is added to an Inheritance.
func Examine(fd int, name string, ours bool) (Inherited, error) {
	return kernel{unix.GetsockoptInt, net.InterfaceByIndex}.examine(fd, name, ours)
}

// kernel is what a socket is looked at with.
type kernel struct {
	option    func(fd, level, option int) (int, error)
	netdevice func(index int) (*net.Interface, error)
}

func (k kernel) examine(fd int, name string, ours bool) (Inherited, error) {
	i := Inherited{Name: name, FD: fd, Ours: ours}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETFD, unix.FD_CLOEXEC); err != nil {
		return i, fmt.Errorf("cannot use inherited descriptor %d (%s): %w", fd, i.title(), err)
	}
	kind, err := k.option(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	if errors.Is(err, unix.ENOTSOCK) {
		return i, nil
	}
	if err == nil {
		err = k.look(&i, kind)
	}
	if err != nil {
		return i, fmt.Errorf("cannot use inherited socket %d (%s): %w", fd, i.title(), err)
	}
	return i, nil
}

func (k kernel) look(i *Inherited, kind int) error {
	at, err := unix.Getsockname(i.FD)
	if err != nil {
		return os.NewSyscallError("getsockname", err)
	}
	if err := unix.SetNonblock(i.FD, true); err != nil {
		return os.NewSyscallError("fcntl", err)
	}
	if kind != unix.SOCK_DGRAM {
		accepts, err := k.option(i.FD, unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
		if err != nil {
			return os.NewSyscallError("getsockopt", err)
		}
		if accepts == 0 {
			return nil
		}
	}
	return k.locate(i, kind, at)
}

func (k kernel) locate(i *Inherited, kind int, at unix.Sockaddr) error {
	switch at := at.(type) {
	case *unix.SockaddrInet4:
		i.inet(kind, at.Addr[:], at.Port, "")
	case *unix.SockaddrInet6:
		zone, err := k.zone(at.ZoneId)
		if err != nil {
			return err
		}
		i.v6 = true
		i.inet(kind, at.Addr[:], at.Port, zone)
	case *unix.SockaddrUnix:
		i.Network = map[int]string{unix.SOCK_STREAM: "unix", unix.SOCK_DGRAM: "unixgram", unix.SOCK_SEQPACKET: "unixpacket"}[kind]
		i.Addr = &net.UnixAddr{Name: at.Name, Net: i.Network}
	}
	return nil
}

// zone is the name of an interface: empty for none, and for one that is gone.
func (k kernel) zone(index uint32) (string, error) {
	if index == 0 {
		return "", nil
	}
	device, err := k.netdevice(int(index))
	if err == nil {
		return device.Name, nil
	}
	if errno, ok := errors.AsType[unix.Errno](err); ok && errno != unix.ENODEV {
		return "", fmt.Errorf("its interface %d: %w", index, errno)
	}
	return "", nil
}

// title is what people read: a Key has the address in it.
func (i Inherited) title() string {
	if text, err := url.QueryUnescape(i.Name); i.Ours && err == nil {
		return text
	}
	return i.Name
}

func (i *Inherited) inet(kind int, ip net.IP, port int, zone string) {
	switch kind {
	case unix.SOCK_STREAM:
		i.Network, i.Addr = "tcp", &net.TCPAddr{IP: ip, Port: port, Zone: zone}
	case unix.SOCK_DGRAM:
		i.Network, i.Addr = "udp", &net.UDPAddr{IP: ip, Port: port, Zone: zone}
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
		return nil, err
	}
	if s.file, err = i.pathFile(a); err != nil {
		return nil, err
	}
	if err := s.permit(uid, gid); err != nil {
		return nil, err
	}
	return s, nil
}

// pathFile is the file through which clients reach the socket.
func (i Inherited) pathFile(a Address) (fs.FileInfo, error) {
	file, err := os.Lstat(a.path())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errUnreachable
	case err != nil:
		return nil, fmt.Errorf("cannot look at %s: %w", a.path(), bare(err))
	case file.Mode().Type() != fs.ModeSocket || !soleSocket(i.FD, a):
		return nil, errUnreachable
	}
	return file, nil
}

func (i Inherited) close() { unix.Close(i.FD) }
