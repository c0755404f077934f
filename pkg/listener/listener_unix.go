//go:build unix

package listener

import (
	"fmt"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// Listener is the socket as a net.Listener, for a program that accepts on it by
// itself. It has a copy of the descriptor: either can be closed without the other.
func (s *Socket) Listener() (net.Listener, error) {
	fd, err := unix.FcntlInt(uintptr(s.fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %v: %w", s.address, err)
	}
	f := os.NewFile(uintptr(fd), s.address.Addr)
	defer f.Close()
	l, err := net.FileListener(f)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %v: %w", s.address, err)
	}
	return l, nil
}
