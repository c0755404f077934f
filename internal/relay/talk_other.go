//go:build !linux

package relay

import (
	"io"
	"net"
	"sync/atomic"
	"time"
)

// meter counts what comes by.
type meter struct {
	sent, received         atomic.Uint64
	lastSent, lastReceived atomic.Int64 // nanoseconds since the connection began
	broken                 atomic.Bool  // the process has taken no more
}

func (c *conn) forward() error {
	_, err := io.Copy(writer{c.server, func(n int, err error) {
		c.counted.sent.Add(uint64(n))
		c.counted.lastSent.Store(int64(time.Since(c.began)))
		if err != nil {
			c.counted.broken.Store(true)
		}
	}}, reader{c.client})
	return err
}

func (c *conn) back() error {
	_, err := io.Copy(writer{c.client, func(n int, _ error) {
		c.counted.received.Add(uint64(n))
		c.counted.lastReceived.Store(int64(time.Since(c.began)))
	}}, reader{c.server})
	return err
}

// writer tells of each write.
type writer struct {
	net.Conn
	wrote func(int, error)
}

func (w writer) Write(b []byte) (int, error) {
	n, err := w.Conn.Write(b)
	w.wrote(n, err)
	return n, err
}

// reader is nothing but that.
type reader struct{ io.Reader }

// reset reports whether the process has broken the connection off.
func (c *conn) reset() bool { return c.counted.broken.Load() }

// talk is as it was counted.
func (c *conn) talk() (t talk) {
	t.age = time.Since(c.began)
	t.clientEnded, t.processAnswered = c.said.Load(), c.answered.Load()
	t.sent, t.received = c.counted.sent.Load(), c.counted.received.Load()
	t.sinceSent = t.age - time.Duration(c.counted.lastSent.Load())
	t.sinceReceived = t.age - time.Duration(c.counted.lastReceived.Load())
	return t
}
