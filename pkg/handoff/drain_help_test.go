package handoff

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// never is longer than any test waits: what is due then does not happen.
const never = time.Hour

// worker makes one that nobody signals.
func worker(t *testing.T, o Options) *Worker {
	t.Helper()
	if o.Linger == 0 {
		o.Linger = 20 * time.Millisecond
	}
	if o.DrainTimeout == 0 {
		o.DrainTimeout = never
	}
	w := newWorker(o, notifier{}, nil)
	go w.run()
	t.Cleanup(func() {
		w.signals <- stopSignals()[0]
		w.signals <- stopSignals()[0] // cuts what a test left
		w.Wait()
	})
	return w
}

func mustListen(t *testing.T, w *Worker) net.Listener {
	t.Helper()
	l, err := w.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	return l
}

// serve returns the address and what Serve returned.
func serve(t *testing.T, w *Worker, s *http.Server) (addr string, ended chan error) {
	t.Helper()
	l := mustListen(t, w)
	ended = make(chan error, 1)
	go func() { ended <- w.Serve(l, s) }()
	return l.Addr().String(), ended
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wait[T any](t *testing.T, what string, c <-chan T) (got T) {
	t.Helper()
	select {
	case got = <-c:
	case <-time.After(30 * time.Second):
		t.Fatal("waited in vain: ", what)
	}
	return got
}

// A client speaks HTTP/1.1 on one connection.
type client struct {
	net.Conn
	t *testing.T
	r *bufio.Reader
}

func newClient(t *testing.T, addr string) *client {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	must(t, err)
	t.Cleanup(func() { c.Close() })
	must(t, c.SetDeadline(time.Now().Add(30*time.Second)))
	return &client{Conn: c, t: t, r: bufio.NewReader(c)}
}

func (c *client) send(s string) {
	c.t.Helper()
	_, err := io.WriteString(c, s)
	must(c.t, err)
}

func (c *client) get(path string) {
	c.t.Helper()
	c.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n")
}

// answer wants a whole one; closes is what it must say about the connection.
func (c *client) answer(closes bool) string {
	c.t.Helper()
	a, err := http.ReadResponse(c.r, nil)
	must(c.t, err)
	body, err := io.ReadAll(a.Body)
	must(c.t, err)
	if a.Close != closes {
		c.t.Errorf("answer %q says Connection: close: %t, want %t", body, a.Close, closes)
	}
	return string(body)
}

func (c *client) wantEnd() {
	c.t.Helper()
	if b, err := c.r.ReadByte(); err != io.EOF {
		c.t.Errorf("read %q, %v; want the end of the connection", b, err)
	}
}

func wantDrained(t *testing.T, ended <-chan error) {
	t.Helper()
	if err := wait(t, "the end of the drain", ended); err != nil {
		t.Errorf("Serve = %v, want nil", err)
	}
}

func wantCut(t *testing.T, err error, connections int) {
	t.Helper()
	var cut *CutError
	if !errors.As(err, &cut) || cut.Connections != connections {
		t.Errorf("got %v, want %d connections to be cut", err, connections)
	}
}

// wantStopped waits until nothing is accepted any more.
func wantStopped(t *testing.T, w *Worker) {
	t.Helper()
	wait(t, "the drain's start", w.Draining().Done())
	deadline := time.Now().Add(30 * time.Second)
	for w.members.pending() > 0 {
		if time.Now().After(deadline) {
			t.Fatal("still accepting")
		}
		wait(t, "a change", time.After(time.Millisecond))
	}
}

func (m *members) pending() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls
}

// gate is a handler that says when it runs and waits to be let through.
type gate struct {
	before  func(http.ResponseWriter) // runs first
	entered chan struct{}
	open    chan struct{}
}

func newGate() *gate { return &gate{entered: make(chan struct{}, 10), open: make(chan struct{})} }

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.before != nil {
		g.before(w)
	}
	g.entered <- struct{}{}
	select {
	case <-g.open:
		fmt.Fprint(w, "through")
	case <-r.Context().Done():
		http.Error(w, "cancelled", http.StatusServiceUnavailable)
	}
}

var hello = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "hello") })
