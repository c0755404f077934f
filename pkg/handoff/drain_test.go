package handoff

import (
	"net"
	"net/http"
	"testing"
	"time"
)

func TestIdleConnectionIsAnsweredOnceMore(t *testing.T) {
	w := worker(t, Options{Linger: never})
	addr, ended := serve(t, w, &http.Server{Handler: hello})
	c := newClient(t, addr)
	c.get("/")
	c.answer(false)
	w.Drain()
	wantStopped(t, w)
	c.get("/")
	c.answer(true)
	c.wantEnd()
	wantDrained(t, ended)
}

func TestIdleConnectionIsClosedAfterLinger(t *testing.T) {
	w := worker(t, Options{})
	addr, ended := serve(t, w, &http.Server{Handler: hello})
	c := newClient(t, addr)
	c.get("/")
	c.answer(false)
	w.Drain()
	c.wantEnd()
	wantDrained(t, ended)
}

func TestRunningHandlerStillSaysClose(t *testing.T) {
	g := newGate()
	w := worker(t, Options{})
	addr, ended := serve(t, w, &http.Server{Handler: g})
	c := newClient(t, addr)
	c.get("/")
	wait(t, "the handler", g.entered)
	w.Drain()
	wantStopped(t, w)
	close(g.open)
	c.answer(true)
	c.wantEnd()
	wantDrained(t, ended)
}

// A client that was promised a connection for more requests gets linger to use it.
func TestPromisedConnectionIsKept(t *testing.T) {
	g := newGate()
	g.before = func(w http.ResponseWriter) { w.(http.Flusher).Flush() }
	w := worker(t, Options{Linger: never})
	addr, ended := serve(t, w, &http.Server{Handler: g})
	c := newClient(t, addr)
	c.get("/")
	wait(t, "the handler", g.entered)
	w.Drain()
	wantStopped(t, w)
	close(g.open)
	c.answer(false)
	c.get("/")
	c.answer(true)
	wantDrained(t, ended)
}

func TestPromisedConnectionIsClosedAfterLinger(t *testing.T) {
	g := newGate()
	g.before = func(w http.ResponseWriter) { w.(http.Flusher).Flush() }
	w := worker(t, Options{})
	addr, ended := serve(t, w, &http.Server{Handler: g})
	c := newClient(t, addr)
	c.get("/")
	wait(t, "the handler", g.entered)
	w.Drain()
	close(g.open)
	c.answer(false)
	c.wantEnd()
	wantDrained(t, ended)
}

// A connection that was accepted and has sent nothing is given more than linger.
func TestFreshConnectionIsAnswered(t *testing.T) {
	w := worker(t, Options{Linger: time.Millisecond})
	w.members.grace = never
	states := make(chan http.ConnState, 10)
	addr, ended := serve(t, w, &http.Server{Handler: hello, ConnState: func(_ net.Conn, s http.ConnState) { states <- s }})
	c := newClient(t, addr)
	wait(t, "Accept", states)
	other := newClient(t, addr) // closed after linger, which shows that linger has passed
	other.get("/")
	other.answer(false)
	w.Drain()
	other.wantEnd()
	c.get("/")
	c.answer(true)
	wantDrained(t, ended)
}

func TestFreshConnectionIsClosedAfterGrace(t *testing.T) {
	w := worker(t, Options{})
	w.members.grace = time.Millisecond
	states := make(chan http.ConnState, 10)
	addr, ended := serve(t, w, &http.Server{Handler: hello, ConnState: func(_ net.Conn, s http.ConnState) { states <- s }})
	c := newClient(t, addr)
	wait(t, "Accept", states)
	w.Drain()
	c.wantEnd()
	wantDrained(t, ended)
}

func TestHalfARequestIsWaitedFor(t *testing.T) {
	w := worker(t, Options{Linger: time.Millisecond})
	w.members.grace = time.Millisecond
	addr, ended := serve(t, w, &http.Server{Handler: hello})
	c, other := newClient(t, addr), newClient(t, addr)
	c.get("/")
	c.answer(false)
	other.get("/")
	other.answer(false)
	c.send("GET / HTTP/1.1\r\nHo")
	waitBegun(t, w)
	w.Drain()
	other.wantEnd()
	c.send("st: x\r\n\r\n")
	c.answer(true)
	wantDrained(t, ended)
}

// waitBegun waits until a byte of a next request was read.
func waitBegun(t *testing.T, w *Worker) {
	t.Helper()
	for range 30_000 {
		for _, c := range w.members.all() {
			c.mu.Lock()
			begun := c.phase == idle && c.begun
			c.mu.Unlock()
			if begun {
				return
			}
		}
		wait(t, "a moment", time.After(time.Millisecond))
	}
	t.Fatal("nothing was read")
}
