package handoff

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"syscall"
)

// Listen returns the inherited socket that matches, or else binds one.
// Network is tcp, tcp4, tcp6, unix or unixpacket.
//
// An inherited socket matches if its name ($LISTEN_FDNAMES) is addr, or if it is bound to the same
// port (or path) on the same host, where "", 0.0.0.0 and :: are the same.
// A socket that Listen binds is left with the supervisor for the next generation if the supervisor
// keeps file descriptors ($FDSTORE), so no configuration has to name it. [Worker.Ready] reports when
// that failed.
//
// The listener's Accept returns [net.ErrClosed] once draining has begun. Its connections must be closed
// after use: the drain waits for them. They have a NetConn method to get at the [*net.TCPConn].
func (w *Worker) Listen(network, addr string) (net.Listener, error) {
	l, err := w.listen(network, addr)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s %s: %w", network, addr, err)
	}
	return w.adopt(l), nil
}

func (w *Worker) listen(network, addr string) (net.Listener, error) {
	if w.isDraining() {
		return nil, fmt.Errorf("draining has begun: %w", net.ErrClosed)
	}
	if have, ok := w.claim(network, addr); ok {
		return have.listener()
	}
	l, err := w.bind(network, addr)
	if err != nil {
		return nil, w.explain(err)
	}
	return l, nil
}

// unstored remembers that the next generation will not get a socket that this process bound.
func (w *Worker) unstored(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.storing = append(w.storing, err)
}

// explain adds to "address in use" which inherited sockets nobody has asked for: one of them may be meant.
func (w *Worker) explain(err error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var left []string
	for _, i := range w.inherited {
		if i.network != "" {
			left = append(left, i.String())
		}
	}
	if !addressInUse(err) || len(left) == 0 {
		return err
	}
	return fmt.Errorf("%w; inherited but not asked for: %s; listen on one of these by name or address, or add this one to the service's listen",
		err, strings.Join(left, ", "))
}

// adopt makes l one that stops with the drain and whose connections are known to it.
func (w *Worker) adopt(l net.Listener) *listener {
	own := &listener{Listener: l, worker: w}
	w.mu.Lock()
	w.listeners = append(w.listeners, own)
	w.mu.Unlock()
	if w.isDraining() { // perhaps it began too early to see l
		_ = own.Close()
	}
	return own
}

type listener struct {
	net.Listener
	worker *Worker
	close  sync.Once
	closed error
}

// Accept counts as a member while it runs, so that a connection is never unknown to the drain.
func (l *listener) Accept() (net.Conn, error) {
	members := l.worker.members
	members.enter()
	defer members.leave()
	nc, err := l.Listener.Accept()
	if err != nil {
		if l.worker.isDraining() && errors.Is(err, net.ErrClosed) {
			return nil, net.ErrClosed
		}
		return nil, err
	}
	if beneath(nc) != nil {
		return nc, nil
	}
	return members.add(nc), nil
}

// Close implements [net.Listener].
func (l *listener) Close() error {
	l.close.Do(func() { l.closed = l.Listener.Close() })
	return l.closed
}

// SyscallConn implements [syscall.Conn].
func (l *listener) SyscallConn() (syscall.RawConn, error) {
	raw, ok := l.Listener.(syscall.Conn)
	if !ok {
		return nil, errors.ErrUnsupported
	}
	return raw.SyscallConn()
}
