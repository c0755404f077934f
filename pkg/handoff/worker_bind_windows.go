package handoff

import (
	"context"
	"net"
	"strconv"

	sockets "github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// bind opens a socket. One that is to be left with the supervisor must be in no
// completion port, so it is none of package net's.
func (w *Worker) bind(network, addr string) (net.Listener, error) {
	if !w.notify.stores() {
		return new(net.ListenConfig).Listen(context.Background(), network, addr)
	}
	own, err := w.bindShared(network, addr)
	if err != nil {
		return nil, err
	}
	return own.listener()
}

func (w *Worker) bindPacket(network, addr string) (net.PacketConn, error) {
	if !w.notify.stores() {
		return new(net.ListenConfig).ListenPacket(context.Background(), network, addr)
	}
	own, err := w.bindShared(network, addr)
	if err != nil {
		return nil, err
	}
	return own.packetConn()
}

// bindShared leaves the socket with the supervisor. It never closes it: the handle is
// what is returned.
func (w *Worker) bindShared(network, addr string) (inherited, error) {
	s, err := sockets.Open(context.Background(), sockets.Address{Network: network, Addr: withPort(network, addr)})
	if err != nil {
		return inherited{}, err
	}
	name := learntName(network, addr)
	if err := w.notify.keepSocket(name, s.FD()); err != nil {
		w.unstored(err)
	}
	return examine(s.FD(), name)
}

// withPort has the port as a number: package listener knows none of the names of
// services.
func withPort(network, addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	n, err := net.LookupPort(network, port)
	if err != nil {
		return addr
	}
	return net.JoinHostPort(host, strconv.Itoa(n))
}
