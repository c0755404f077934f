//go:build unix

package handoff

import (
	"context"
	"net"
	"syscall"
)

func (w *Worker) bind(network, addr string) (net.Listener, error) {
	// Not MPTCP, Go's default: a held socket may go to a server in any language.
	var config net.ListenConfig
	config.SetMultipathTCP(false)
	l, err := config.Listen(context.Background(), network, addr)
	if err != nil {
		return nil, err
	}
	w.learn(network, addr, l)
	return l, nil
}

func (w *Worker) bindPacket(network, addr string) (net.PacketConn, error) {
	c, err := new(net.ListenConfig).ListenPacket(context.Background(), network, addr)
	if err != nil {
		return nil, err
	}
	w.learn(network, addr, c)
	return c, nil
}

// learn leaves a socket that this process bound with the supervisor.
func (w *Worker) learn(network, addr string, socket any) {
	file, ok := socket.(syscall.Conn)
	if !ok || !w.notify.stores() {
		return
	}
	if err := w.notify.keep(learntName(network, addr), file); err != nil {
		w.unstored(err)
		return
	}
	if l, ok := socket.(*net.UnixListener); ok {
		l.SetUnlinkOnClose(false) // the next generation answers at this path
	}
}
