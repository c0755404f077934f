package handoff

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/windows"

	sockets "github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// soType is SO_TYPE of winsock2.h.
const soType = 0x1008

// examine looks at a socket that came over the pipe. fd is its handle.
func examine(fd int, name string) (inherited, error) {
	i := inherited{fd: fd, name: name}
	kind, err := windows.GetsockoptInt(windows.Handle(fd), windows.SOL_SOCKET, soType)
	if err != nil {
		return i, os.NewSyscallError("getsockopt", err)
	}
	at, err := sockets.Bound(fd, kind == windows.SOCK_STREAM)
	if err != nil {
		return i, err
	}
	switch at := at.(type) {
	case *net.TCPAddr:
		i.network, i.addr, i.v6 = "tcp", at, at.IP.To4() == nil || len(at.IP) == net.IPv6len
	case *net.UDPAddr:
		i.network, i.addr, i.v6 = "udp", at, at.IP.To4() == nil || len(at.IP) == net.IPv6len
	}
	return i, nil
}

func (i inherited) listener() (net.Listener, error) { return newAcceptor(i.fd, i.addr) }

func (i inherited) packetConn() (net.PacketConn, error) { return newDatagrams(i.fd, i.addr, i.v6) }

// Package syscall's EADDRINUSE is an invented number, which errors of pkg/listener have.
func addressInUse(err error) bool {
	return errors.Is(err, windows.WSAEADDRINUSE) || errors.Is(err, syscall.EADDRINUSE)
}

// takeSockets makes sockets of what came over the pipe, of all or of none.
func takeSockets(given []pipeSocket) (found []inherited, err error) {
	defer func() {
		if err != nil {
			for _, i := range found {
				closeFD(i.fd)
			}
			found = nil
		}
	}()
	for _, s := range given {
		h, err := sockets.Take(s.Info)
		if err != nil {
			return found, fmt.Errorf("cannot use the socket %q of the supervisor: %w", s.Name, err)
		}
		one, err := examine(h, s.Name)
		found = append(found, one)
		if err != nil {
			return found, fmt.Errorf("cannot use the socket %q of the supervisor: %w", s.Name, err)
		}
	}
	return found, nil
}
