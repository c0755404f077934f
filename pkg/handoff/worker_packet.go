package handoff

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// ListenPacket is [Worker.Listen] for udp, udp4, udp6 and unixgram.
//
// Once draining has begun ReadFrom returns [net.ErrClosed], after every datagram that it took off the
// queue was returned; the rest is for the next generation. WriteTo goes on working until the drain is
// complete, so that a reader can answer what it has read. A reader that answers from other goroutines
// must wait for them before it calls ReadFrom for the last time or closes the connection.
func (w *Worker) ListenPacket(network, addr string) (net.PacketConn, error) {
	c, err := w.listenPacket(network, addr)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s %s: %w", network, addr, err)
	}
	p := &packetConn{PacketConn: c, worker: w}
	w.mu.Lock()
	w.packets = append(w.packets, p)
	w.mu.Unlock()
	if w.isDraining() { // perhaps it began too early to see p
		p.stopReading()
	}
	return p, nil
}

func (w *Worker) listenPacket(network, addr string) (net.PacketConn, error) {
	if w.isDraining() {
		return nil, fmt.Errorf("draining has begun: %w", net.ErrClosed)
	}
	if have, ok := w.claim(network, addr); ok {
		return have.packetConn()
	}
	c, err := w.bindPacket(network, addr)
	if err != nil {
		return nil, w.explain(err)
	}
	return c, nil
}

// A packetConn is a member of the drain from its first ReadFrom until the reader has been told.
type packetConn struct {
	net.PacketConn
	worker *Worker

	mu      sync.Mutex
	joined  bool
	left    bool
	stopped bool
}

// ReadFrom implements [net.PacketConn].
func (p *packetConn) ReadFrom(b []byte) (int, net.Addr, error) {
	if !p.join() {
		p.leave()
		return 0, nil, net.ErrClosed
	}
	n, from, err := p.PacketConn.ReadFrom(b)
	if err != nil && (errors.Is(err, net.ErrClosed) || p.isStopped() && errors.Is(err, os.ErrDeadlineExceeded)) {
		p.leave()
		return 0, nil, net.ErrClosed
	}
	return n, from, err
}

// join reports whether reading may go on.
func (p *packetConn) join() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		return false
	}
	if !p.joined {
		p.joined = true
		p.worker.members.enter()
	}
	return true
}

func (p *packetConn) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.joined && !p.left {
		p.left = true
		p.worker.members.leave()
	}
}

func (p *packetConn) isStopped() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stopped
}

// stopReading wakes the reader by a deadline, which takes no datagram off the queue.
func (p *packetConn) stopReading() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
	_ = p.PacketConn.SetReadDeadline(time.Unix(1, 0))
}

// SetDeadline implements [net.PacketConn].
func (p *packetConn) SetDeadline(t time.Time) error {
	return errors.Join(p.SetReadDeadline(t), p.SetWriteDeadline(t))
}

// SetReadDeadline implements [net.PacketConn].
func (p *packetConn) SetReadDeadline(t time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		return nil
	}
	return p.PacketConn.SetReadDeadline(t)
}

// Close implements [net.PacketConn].
func (p *packetConn) Close() error {
	p.leave()
	return p.PacketConn.Close()
}

// SyscallConn implements [syscall.Conn].
func (p *packetConn) SyscallConn() (syscall.RawConn, error) {
	raw, ok := p.PacketConn.(syscall.Conn)
	if !ok {
		return nil, errors.ErrUnsupported
	}
	return raw.SyscallConn()
}
