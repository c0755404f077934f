package handoff

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// freshGrace is how long a new connection may wait with its first request: net/http's own figure.
const freshGrace = 5 * time.Second

// phase is what a connection is doing, as far as the drain cares.
//
//	Accept ──▶ other ──StateNew──▶ fresh ──request read──▶ busy ──StateHijacked──▶ other
//	                                 │                     │  ▲
//	                                 │           StateIdle ▼  │ request read
//	                                 └──retire──▶ closed ◀── idle
type phase uint8

const (
	other phase = iota // not net/http's, or no longer (hijacked), or HTTP/2: the drain waits for it
	fresh              // waits for its first request
	idle               // waits for its next request
	busy               // a request is being answered
)

// A conn is an accepted connection, known to the drain from Accept to Close.
type conn struct {
	net.Conn
	members *members

	mu      sync.Mutex
	phase   phase
	secure  bool      // TLS runs above, so bytes that arrive need not be a request
	http2   bool      // taken over by HTTP/2
	since   time.Time // when the phase began; once begun on a secure connection, when the first byte came
	begun   bool      // in fresh or idle: something has arrived
	asked   time.Time // the read deadline that was asked for
	woken   bool      // the real read deadline is in the past instead, to wake Read
	retired bool
	closed  bool
}

// NetConn returns the connection underneath, usually a [*net.TCPConn]. Reading from it or closing it
// hides that from the drain.
func (c *conn) NetConn() net.Conn { return c.Conn }

// Read is how the drain gets a connection closed without losing a request: retire wakes it, and what
// is in the kernel's queue by then is still delivered.
func (c *conn) Read(p []byte) (int, error) {
	for {
		n, err := c.Conn.Read(p)
		if n > 0 {
			c.arrived()
			return n, err
		}
		if err == nil {
			return 0, nil
		}
		n, err, again := c.awake(p, err)
		if !again {
			return n, err
		}
	}
}

func (c *conn) arrived() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.note()
	if c.woken {
		c.settle()
	}
}

// note records that something has arrived.
func (c *conn) note() {
	if !c.waiting() || c.begun {
		return
	}
	c.begun = true
	if c.secure {
		c.since = time.Now()
	}
}

func (c *conn) waiting() bool { return c.phase == fresh || c.phase == idle }

// inUse reports whether closing the connection now would be noticed.
func (c *conn) inUse() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.waiting() || c.begun
}

// settle puts the read deadline back to what was asked for.
func (c *conn) settle() {
	c.woken = false
	_ = c.Conn.SetReadDeadline(c.asked)
}

// awake handles a read that failed with err, perhaps because retire woke it.
func (c *conn) awake(p []byte, err error) (n int, _ error, again bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.woken {
		return 0, err, false
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		c.settle()
		return 0, err, false
	}
	defer c.settle()
	if !c.waiting() {
		return 0, nil, true
	}
	// The deadline fired without looking at the queue.
	n, err = readQueued(c.Conn, p)
	if n > 0 {
		c.note()
		return n, nil, false
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return 0, err, false
	}
	c.retired = true
	if !c.secure { // TLS wants to say goodbye first
		_ = c.Conn.Close() // at once: each moment until then is one in which a client may send
	}
	return 0, io.EOF, false
}

// due tells when the drain that began at start may retire the connection; false for not now.
func (c *conn) due(start time.Time, linger, grace time.Duration) (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.waiting() || c.retired || c.begun && !c.secure {
		return time.Time{}, false
	}
	if c.begun || c.phase == fresh {
		return later(start.Add(linger), c.since.Add(grace)), true
	}
	return later(start, c.since).Add(linger), true
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// retire makes Read look into the kernel's queue once more and then end. It leaves alone a
// connection on which something has come since it was found due.
func (c *conn) retire() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.waiting() || c.begun && !c.secure || c.woken {
		return
	}
	c.woken = true
	_ = c.Conn.SetReadDeadline(time.Unix(1, 0))
}

// SetDeadline implements [net.Conn].
func (c *conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// SetReadDeadline implements [net.Conn]. A connection that retire has woken gets its deadline back
// when Read has seen that.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = t
	if c.woken {
		return nil
	}
	return c.Conn.SetReadDeadline(t)
}

// Close implements [net.Conn].
func (c *conn) Close() error {
	err := c.Conn.Close()
	c.mu.Lock()
	first, retired := !c.closed, c.retired
	c.closed = true
	c.mu.Unlock()
	if first {
		c.members.remove(c)
	}
	if first && retired && errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// ReadFrom keeps sendfile(2) and splice(2) within reach of net/http.
func (c *conn) ReadFrom(r io.Reader) (int64, error) { return io.Copy(c.Conn, r) }

// CloseWrite is what net/http calls before it closes a connection with an unread body.
func (c *conn) CloseWrite() error {
	half, ok := c.Conn.(interface{ CloseWrite() error })
	if !ok {
		return errors.ErrUnsupported
	}
	return half.CloseWrite()
}

// SyscallConn implements [syscall.Conn].
func (c *conn) SyscallConn() (syscall.RawConn, error) {
	raw, ok := c.Conn.(syscall.Conn)
	if !ok {
		return nil, errors.ErrUnsupported
	}
	return raw.SyscallConn()
}
