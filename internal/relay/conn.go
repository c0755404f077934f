package relay

import (
	"context"
	"errors"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

// conn is a connection of a client, and the one to a process that it is passed on to.
type conn struct {
	socket  string
	began   time.Time
	client  net.Conn
	server  net.Conn // set once, before placed
	header  uint64   // bytes that went to the process ahead of the client's
	counted meter

	placed   atomic.Bool // it has a process that took it
	said     atomic.Bool // the client has ended its side
	answered atomic.Bool // the process has ended its side
	asked    atomic.Pointer[talk]
	retired  atomic.Pointer[time.Time]
}

// serve is the life of a connection.
func (r *Relay) serve(client net.Conn, socket string) {
	c := &conn{socket: socket, began: time.Now(), client: client}
	defer client.Close()
	p := r.place(c)
	r.waiting.Add(-1)
	<-r.room
	if p == nil {
		return
	}
	defer r.drop(p, c)
	defer c.server.Close()
	c.relay(p, r.ctx)
}

// place connects to a process. One that does not answer has just died, or is about to
// be another: it is tried again, or the next one.
func (r *Relay) place(c *conn) *process {
	deadline := c.began.Add(r.holds())
	var header []byte
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		p, changed := r.pick(c)
		if p != nil {
			if header == nil && p.ports.Proxy {
				header = headerOf(c.client)
			}
			if r.reach(p, c, header) {
				return p
			}
			r.drop(p, c)
		}
		var again <-chan time.Time
		if p != nil {
			again = time.After(pause)
		}
		late := time.NewTimer(time.Until(deadline))
		select {
		case <-changed:
		case <-again:
		case <-late.C:
			r.late.add()
			return nil
		case <-r.ctx.Done():
			return nil
		}
		late.Stop()
	}
}

// reach connects to a process, as long as it may take connections.
func (r *Relay) reach(p *process, c *conn, header []byte) bool {
	server, err := r.dial(p.leaves, p.at[c.socket])
	if err != nil {
		return false
	}
	if p.ports.Proxy {
		if _, err := server.Write(header); err != nil {
			server.Close()
			return false
		}
		c.header = uint64(len(header))
	}
	c.server = server
	c.placed.Store(true)
	return true
}

// relay passes bytes on in both directions until both have ended.
func (c *conn) relay(p *process, end context.Context) {
	up := make(chan struct{})
	go func() { defer close(up); c.up() }()
	c.down()
	select {
	case <-up:
		return
	case <-p.gone: // nobody is left who reads what the client sends
	case <-end.Done():
	}
	c.client.Close()
	<-up
}

// up goes to the process. When that reads no more it may still have something to say.
func (c *conn) up() {
	for {
		err := c.forward()
		switch {
		case err == nil:
			c.said.Store(true)
			closeWrite(c.server)
			return
		case errors.Is(err, os.ErrDeadlineExceeded):
			if c.retire() {
				closeWrite(c.server)
				return
			}
			c.client.SetReadDeadline(time.Time{})
		case errors.Is(err, syscall.EPIPE), c.reset():
			return
		default:
			c.abort()
			return
		}
	}
}

// down comes from the process.
func (c *conn) down() {
	if err := c.back(); err != nil {
		c.abort()
		return
	}
	c.answered.Store(true)
	closeWrite(c.client)
}

// abort has either end see that the other one broke off: what came until then may not
// be taken for the whole.
func (c *conn) abort() {
	for _, end := range []net.Conn{c.client, c.server} {
		if tcp, ok := end.(*net.TCPConn); ok {
			tcp.SetLinger(0)
		}
		end.Close()
	}
}

// closeWrite ends one direction.
func closeWrite(c net.Conn) {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
	}
}

// ask wants the connection to end, if nothing has happened on it since.
func (c *conn) ask(seen talk) {
	c.asked.Store(&seen)
	c.client.SetReadDeadline(time.Now())
}

// retire reports whether nothing has happened since ask: then nothing more of the
// client is read, and the process is told that it has ended.
func (c *conn) retire() bool {
	seen := c.asked.Swap(nil)
	if seen == nil {
		return false
	}
	now := c.talk()
	if now.sent != seen.sent || now.received != seen.received || now.waits {
		return false
	}
	at := time.Now()
	c.retired.Store(&at)
	return true
}
