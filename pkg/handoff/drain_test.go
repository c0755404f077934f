package handoff

import (
	"context"
	"io"
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

func TestContextEndsBeforeTheDeadline(t *testing.T) {
	g := newGate()
	w := worker(t, Options{})
	w.goodbye = 50 * time.Millisecond
	addr, ended := serve(t, w, &http.Server{Handler: g, BaseContext: func(net.Listener) context.Context { return t.Context() }})
	c := newClient(t, addr)
	c.get("/")
	wait(t, "the handler", g.entered)
	w.Drain()
	wantStopped(t, w)
	if w.Context().Err() != nil {
		t.Error("the context ended when draining began")
	}
	if got := c.answer(true); got != "cancelled\n" {
		t.Errorf("got %q", got)
	}
	wantDrained(t, ended)
}

func TestDeadlineCutsWhatIsLeft(t *testing.T) {
	entered := make(chan struct{})
	over := make(chan struct{})
	defer close(over)
	w := worker(t, Options{DrainTimeout: 50 * time.Millisecond})
	addr, ended := serve(t, w, &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(entered)
		<-over // does not look at its context
	})})
	c := newClient(t, addr)
	c.get("/")
	wait(t, "the handler", entered)
	w.Drain()
	wantCut(t, wait(t, "Serve", ended), 1)
	c.wantEnd()
}

func TestSecondSignalCuts(t *testing.T) {
	g := newGate()
	w := worker(t, Options{})
	addr, ended := serve(t, w, &http.Server{Handler: g})
	c := newClient(t, addr)
	c.get("/")
	wait(t, "the handler", g.entered)
	w.signals <- stopSignals()[0]
	wantStopped(t, w)
	w.signals <- stopSignals()[0]
	wantCut(t, wait(t, "Serve", ended), 1)
}

func TestHijackedConnectionIsWaitedFor(t *testing.T) {
	hijacked := make(chan context.Context, 1)
	w := worker(t, Options{Linger: time.Millisecond})
	w.goodbye = 50 * time.Millisecond
	addr, ended := serve(t, w, &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		c, _, err := http.NewResponseController(rw).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
		hijacked <- r.Context()
		<-r.Context().Done()
		io.WriteString(c, "goodbye")
	})})
	c := newClient(t, addr)
	c.get("/")
	ctx := wait(t, "the handler", hijacked)
	w.Drain()
	wantStopped(t, w)
	if ctx.Err() != nil {
		t.Error("the request's context ended when draining began")
	}
	if _, err := http.ReadResponse(c.r, nil); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(c.r); err != nil || string(got) != "goodbye" {
		t.Errorf("got %q, %v", got, err)
	}
	wantDrained(t, ended)
}

func TestRawConnectionsAreWaitedFor(t *testing.T) {
	w := worker(t, Options{Linger: time.Millisecond})
	l := mustListen(t, w)
	c := newClient(t, l.Addr().String())
	nc, err := l.Accept()
	must(t, err)
	w.Drain()
	if _, err := l.Accept(); err != net.ErrClosed {
		t.Errorf("Accept = %v, want net.ErrClosed", err)
	}
	wantStopped(t, w)
	select {
	case <-w.drained:
		t.Error("the drain did not wait for an open connection")
	default:
	}
	go func() {
		io.WriteString(nc, "bye\n")
		nc.Close()
	}()
	if s, err := c.r.ReadString('\n'); err != nil || s != "bye\n" {
		t.Errorf("got %q, %v", s, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- w.Wait() }()
	wantDrained(t, ended)
}

func TestSeveralServersDrainTogether(t *testing.T) {
	g := newGate()
	w := worker(t, Options{})
	addr, ended := serve(t, w, &http.Server{Handler: g})
	_, alone := serve(t, w, &http.Server{Handler: hello})
	c := newClient(t, addr)
	c.get("/")
	wait(t, "the handler", g.entered)
	w.Drain()
	wantStopped(t, w)
	select {
	case err := <-alone:
		t.Errorf("Serve returned %v while the other still has a request: the process would exit", err)
	default:
	}
	close(g.open)
	c.answer(true)
	wantDrained(t, ended)
	wantDrained(t, alone)
}

func TestOneServerOnTwoListeners(t *testing.T) {
	w := worker(t, Options{})
	s := &http.Server{Handler: hello}
	first, ended := serve(t, w, s)
	second, alsoEnded := serve(t, w, s)
	for _, addr := range []string{first, second} {
		c := newClient(t, addr)
		c.get("/")
		c.answer(false)
	}
	w.Drain()
	wantDrained(t, ended)
	wantDrained(t, alsoEnded)
}

func TestListenerOfSomeoneElse(t *testing.T) {
	w := worker(t, Options{Linger: never})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ended := make(chan error, 1)
	go func() { ended <- w.Serve(l, &http.Server{Handler: hello}) }()
	c := newClient(t, l.Addr().String())
	c.get("/")
	c.answer(false)
	w.Drain()
	wantStopped(t, w)
	c.get("/")
	c.answer(true)
	wantDrained(t, ended)
}

func TestListenAfterDrainBegan(t *testing.T) {
	w := worker(t, Options{})
	w.Drain()
	if _, err := w.Listen("tcp", "127.0.0.1:0"); err == nil {
		t.Error("Listen bound a socket while draining")
	}
	if _, err := w.ListenPacket("udp", "127.0.0.1:0"); err == nil {
		t.Error("ListenPacket bound a socket while draining")
	}
}

func TestServeReturnsAnAcceptError(t *testing.T) {
	w := worker(t, Options{})
	l := mustListen(t, w)
	ended := make(chan error, 1)
	go func() { ended <- w.Serve(l, &http.Server{Handler: hello}) }()
	newClient(t, l.Addr().String()).get("/")
	l.Close()
	if err := wait(t, "Serve", ended); err == nil {
		t.Error("Serve returned nil though nobody asked for a drain")
	}
}

// The kernel may have given a connection to accept(2) when the listener is closed. It is lost to
// everyone if the drain does not wait for the call.
func TestAcceptInFlightIsWaitedFor(t *testing.T) {
	w := worker(t, Options{Linger: time.Millisecond})
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	late := &lateListener{Listener: tcp, got: make(chan struct{}, 1), closing: make(chan struct{}), release: make(chan struct{})}
	l := w.adopt(late)
	newClient(t, tcp.Addr().String())
	accepted := make(chan net.Conn, 1)
	go func() {
		nc, err := l.Accept()
		if err != nil {
			t.Error(err)
		}
		accepted <- nc
	}()
	wait(t, "a connection", late.got)
	w.Drain()
	wait(t, "Close", late.closing)
	select {
	case <-w.drained:
		t.Error("the drain did not wait for Accept")
	case <-time.After(50 * time.Millisecond): // long enough to notice the fault, and of no effect without it
	}
	close(late.release)
	nc := wait(t, "Accept", accepted)
	must(t, nc.Close())
	must(t, w.Wait())
}

// A lateListener returns its connection when it is already closed.
type lateListener struct {
	net.Listener
	got     chan struct{}
	closing chan struct{}
	release chan struct{}
}

func (l *lateListener) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	l.got <- struct{}{}
	<-l.release
	return nc, err
}

func (l *lateListener) Close() error {
	close(l.closing)
	return l.Listener.Close()
}
