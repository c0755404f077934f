package handoff

import (
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

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
