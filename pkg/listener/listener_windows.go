package listener

import (
	"fmt"
	"net"
	"os"
)

// Listener is the socket as a net.Listener, for a program that accepts on it by
// itself. It is a duplicate: either can be closed without the other. No other process
// can accept on the socket from then on.
func (s *Socket) Listener() (net.Listener, error) {
	info, err := Duplicate(s.fd, os.Getpid())
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %v: %w", s.address, err)
	}
	own, err := Take(info)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %v: %w", s.address, err)
	}
	f := os.NewFile(uintptr(own), s.address.Addr)
	defer f.Close()
	l, err := net.FileListener(f)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %v: %w", s.address, err)
	}
	return l, nil
}
