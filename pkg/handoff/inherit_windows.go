package handoff

import (
	"errors"
	"fmt"
	"net"
	"syscall"
)

// wsaEADDRINUSE is WSAEADDRINUSE of winsock2.h; package syscall's EADDRINUSE is an invented number.
const wsaEADDRINUSE = syscall.Errno(10048)

func examine(int, string) (inherited, error) {
	return inherited{}, fmt.Errorf("Windows passes no sockets by number; unset LISTEN_FDS: %w", errors.ErrUnsupported)
}

func (i inherited) listener() (net.Listener, error)     { return nil, errors.ErrUnsupported }
func (i inherited) packetConn() (net.PacketConn, error) { return nil, errors.ErrUnsupported }

func addressInUse(err error) bool { return errors.Is(err, wsaEADDRINUSE) }
