//go:build unix

package handoff

import (
	"errors"
	"net"
	"os"
	"syscall"
)

// examine prepares an inherited file descriptor: children do not get it, and a socket does not block.
// O_NONBLOCK belongs to the open file that all generations share, so it is set and never cleared:
// a process that waits in accept(2) takes a connection away from the others.
func examine(fd int, name string) (inherited, error) {
	i := inherited{fd: fd, name: name}
	var stat syscall.Stat_t
	if err := syscall.Fstat(fd, &stat); err != nil {
		return i, os.NewSyscallError("fstat", err)
	}
	syscall.CloseOnExec(fd)
	if stat.Mode&syscall.S_IFMT != syscall.S_IFSOCK {
		return i, nil
	}
	if err := syscall.SetNonblock(fd, true); err != nil {
		return i, os.NewSyscallError("fcntl", err)
	}
	return i.socket()
}

func (i inherited) socket() (inherited, error) {
	kind, err := syscall.GetsockoptInt(i.fd, syscall.SOL_SOCKET, syscall.SO_TYPE)
	if err != nil {
		return i, os.NewSyscallError("getsockopt", err)
	}
	at, err := syscall.Getsockname(i.fd)
	if err != nil {
		return i, os.NewSyscallError("getsockname", err)
	}
	if kind != syscall.SOCK_DGRAM && !listening(i.fd) {
		return i, nil
	}
	switch at := at.(type) {
	case *syscall.SockaddrInet4:
		i.inet(kind, at.Addr[:], at.Port, "")
	case *syscall.SockaddrInet6:
		i.v6 = true
		i.inet(kind, at.Addr[:], at.Port, zoneName(at.ZoneId))
	case *syscall.SockaddrUnix:
		i.network = map[int]string{syscall.SOCK_STREAM: "unix", syscall.SOCK_DGRAM: "unixgram", syscall.SOCK_SEQPACKET: "unixpacket"}[kind]
		i.addr = &net.UnixAddr{Name: at.Name, Net: i.network}
	}
	return i, nil
}

func listening(fd int) bool {
	on, err := syscall.GetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_ACCEPTCONN)
	return err == nil && on != 0
}

// listener duplicates the file descriptor and closes the one inherited. O_NONBLOCK stays set all the
// while: os.NewFile leaves a socket as it is, and net.FileListener sets it on the duplicate.
func (i inherited) listener() (net.Listener, error) {
	f := os.NewFile(uintptr(i.fd), i.name)
	defer f.Close()
	return net.FileListener(f)
}

// packetConn is listener for datagrams.
func (i inherited) packetConn() (net.PacketConn, error) {
	f := os.NewFile(uintptr(i.fd), i.name)
	defer f.Close()
	return net.FilePacketConn(f)
}

func addressInUse(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }
