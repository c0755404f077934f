//go:build unix

package handoff

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// pair is a connection as the drain sees it, and its client. What is written on a unix socket is in
// the other's queue when Write returns.
func pair(t *testing.T) (*conn, net.Conn) {
	t.Helper()
	l, err := net.Listen("unix", shortDir(t)+"/s")
	must(t, err)
	defer l.Close()
	client, err := net.Dial("unix", l.Addr().String())
	must(t, err)
	t.Cleanup(func() { client.Close() })
	nc, err := l.Accept()
	must(t, err)
	c := newMembers(time.Millisecond).add(nc)
	t.Cleanup(func() { c.Close() })
	c.phase = idle
	return c, client
}

func mustWrite(t *testing.T, c net.Conn, s string) {
	t.Helper()
	_, err := io.WriteString(c, s)
	must(t, err)
}

func wantRead(t *testing.T, c net.Conn, want string) {
	t.Helper()
	buf := make([]byte, 100)
	if n, err := c.Read(buf); err != nil || string(buf[:n]) != want {
		t.Errorf("Read = %q, %v; want %q", buf[:n], err, want)
	}
}

// The request that crosses with the decision to close is the one that others lose.
func TestRetireDeliversWhatIsQueued(t *testing.T) {
	c, client := pair(t)
	c.retire()
	mustWrite(t, client, "GET /")
	wantRead(t, c, "GET /")
	mustWrite(t, client, " HTTP/1.1")
	wantRead(t, c, " HTTP/1.1") // the deadline is gone
}

func TestRetireEndsAPendingRead(t *testing.T) {
	c, client := pair(t)
	read := make(chan error)
	go func() {
		_, err := c.Read(make([]byte, 1))
		read <- err
	}()
	c.retire()
	if err := wait(t, "Read", read); err != io.EOF {
		t.Errorf("Read = %v, want EOF", err)
	}
	if _, err := client.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the client reads %v, want EOF at once", err)
	}
	if err := c.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
	if !c.members.gone() {
		t.Error("still a member after Close")
	}
}

func TestRetireSeesTheClientGone(t *testing.T) {
	c, client := pair(t)
	c.retire()
	client.Close()
	if _, err := c.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("Read = %v, want EOF", err)
	}
}

func TestRetireLeavesABusyConnection(t *testing.T) {
	for what, set := range map[string]func(*conn){
		"a request is answered": func(c *conn) { c.phase = busy },
		"half a request came":   func(c *conn) { c.begun = true },
		"not net/http's":        func(c *conn) { c.phase = other },
	} {
		c, client := pair(t)
		set(c)
		if _, due := c.due(time.Time{}, 0, 0); due {
			t.Errorf("%s: the connection is due", what)
		}
		c.retire()
		mustWrite(t, client, "x")
		wantRead(t, c, "x")
		if c.woken {
			t.Errorf("%s: retire woke it", what)
		}
	}
}

// A request may be read and be answered between retire and the next Read.
func TestRetireThatComesTooLate(t *testing.T) {
	c, client := pair(t)
	c.retire()
	c.phase = busy
	must(t, c.SetReadDeadline(time.Time{})) // as net/http does before it reads in the background
	mustWrite(t, client, "x")
	wantRead(t, c, "x")
}

func TestRetireKeepsTheDeadlineAskedFor(t *testing.T) {
	c, client := pair(t)
	c.retire()
	must(t, c.SetDeadline(time.Unix(2, 0)))
	mustWrite(t, client, "x")
	wantRead(t, c, "x")
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Read = %v, want the deadline that was asked for", err)
	}
}

func TestReadSoon(t *testing.T) {
	c, client := pair(t)
	mustWrite(t, client, "x")
	buf := make([]byte, 1)
	if n, err := readSoon(c.Conn, buf); n != 1 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	if n, err := readSoon(c.Conn, buf); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %d, %v, want nothing", n, err)
	}
}

func TestDue(t *testing.T) {
	start := time.Unix(1000, 0)
	const linger, grace = 500 * time.Millisecond, 5 * time.Second
	for _, c := range []struct {
		what string
		conn *conn
		want time.Duration // after start
	}{
		{"idle since long ago", &conn{phase: idle, since: start.Add(-never)}, linger},
		{"idle since the drain began", &conn{phase: idle, since: start.Add(time.Second)}, time.Second + linger},
		{"just accepted", &conn{phase: fresh, since: start}, grace},
		{"accepted long ago", &conn{phase: fresh, since: start.Add(-never)}, linger},
		{"TLS shook hands", &conn{phase: fresh, secure: true, begun: true, since: start}, grace},
	} {
		at, ok := c.conn.due(start, linger, grace)
		if got := at.Sub(start); !ok || got != c.want {
			t.Errorf("%s: due after %v, %t; want %v", c.what, got, ok, c.want)
		}
	}
}
