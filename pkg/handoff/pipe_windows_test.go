package handoff

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/Microsoft/go-winio"

	sockets "github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// The test binary is its own service: with serviceEnv set it runs as a generation.
const serviceEnv = "HANDOFF_TEST_SERVICE"

func TestMain(m *testing.M) {
	if r := os.Getenv(benchEnv); r != "" {
		os.Exit(playAccepter(r))
	}
	if os.Getenv(serviceEnv) == "" {
		os.Exit(m.Run())
	}
	if err := runService(os.Getenv(serviceEnv)); err != nil {
		fmt.Fprintln(os.Stderr, "service:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func runService(generation string) error {
	w, err := New(Options{})
	if err != nil {
		return err
	}
	web, err := w.Listen("tcp", "web")
	if err != nil {
		return err
	}
	raw, err := w.Listen("tcp", "raw")
	if err != nil {
		return err
	}
	udp, err := w.ListenPacket("udp", "udp")
	if err != nil {
		return err
	}
	if os.Getenv("HANDOFF_TEST_OWN") != "" {
		own, err := w.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		if err := w.Status(own.Addr().String()); err != nil {
			return err
		}
		go echoConns(own, generation)
	}
	go echoConns(raw, generation)
	go echoPackets(udp, generation)
	return w.Serve(web, newEchoServer(generation))
}

// parent holds the sockets of a service, as the supervisor does.
type parent struct {
	t      *testing.T
	offer  Offer
	bound  map[string]string
	stored []Named
}

func newParent(t *testing.T) *parent {
	p := &parent{t: t, offer: Offer{StoreMax: StoreMax}, bound: map[string]string{}}
	for _, a := range []sockets.Address{
		{Name: "web", Network: "tcp", Addr: "127.0.0.1:0"},
		{Name: "raw", Network: "tcp", Addr: "127.0.0.1:0"},
		{Name: "udp", Network: "udp", Addr: "127.0.0.1:0"},
	} {
		s, err := sockets.Open(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		p.offer.Sockets = append(p.offer.Sockets, Named{Name: a.Name, FD: s.FD()})
		p.bound[a.Name] = s.Bound()
	}
	return p
}

// running is a generation.
type running struct {
	cmd  *exec.Cmd
	news *Receiver
}

func mustReceive(t *testing.T) *Receiver {
	t.Helper()
	r, err := Receive("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func next(t *testing.T, r *Receiver) Message {
	t.Helper()
	type result struct {
		m   Message
		err error
	}
	got := make(chan result, 1)
	go func() { m, err := r.Next(); got <- result{m, err} }()
	select {
	case g := <-got:
		if g.err != nil {
			t.Fatal(g.err)
		}
		return g.m
	case <-time.After(patience):
		t.Fatal("no message came")
		return Message{}
	}
}

// start runs a generation and returns when it is ready. told gets what else it says.
func (p *parent) start(generation int, told func(Message), env ...string) running {
	p.t.Helper()
	news := mustReceive(p.t)
	cmd := exec.Command(os.Args[0])
	cmd.Stderr = os.Stderr
	cmd.Env = append(append(StripEnv(os.Environ()), fmt.Sprintf("%s=%d", serviceEnv, generation), "SUPERVISOR_PIPE="+news.Path()), env...)
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { // of no effect on one that has ended
		cmd.Process.Kill()
		cmd.Wait()
	})
	offer := p.offer
	offer.Stored = p.stored
	news.Admit(offer, func(pid int) bool { return pid == cmd.Process.Pid })
	for {
		m := next(p.t, news)
		if m.Err != nil {
			p.t.Fatal(m.Err)
		}
		if told != nil {
			told(m)
		}
		if m.Notice.Ready {
			return running{cmd, news}
		}
	}
}

// drain tells a generation to end. Somebody has to take what it says.
func (r running) drain(t *testing.T) {
	t.Helper()
	if !r.news.Drain() {
		t.Fatal("nobody was told to drain")
	}
	go func() {
		for {
			if _, err := r.news.Next(); err != nil {
				return
			}
		}
	}()
}

func (p *parent) loads() *loads {
	often := &keepAlive{addr: p.bound["web"]}
	seldom := &keepAlive{addr: p.bound["web"], pause: 30 * time.Millisecond}
	return startLoads(p.t, []*load{
		{name: "http", ask: askClose(p.bound["web"])},
		{name: "keepalive", ask: often.ask},
		{name: "seldom", ask: seldom.ask},
		{name: "h2c", ask: askHTTP2(p.t, p.bound["web"])},
		{name: "tcp", ask: askConn("tcp", p.bound["raw"])},
		{name: "udp", ask: askDatagram(p.t, p.bound["udp"])},
	})
}

// askDatagram has one socket for all its datagrams. It is none of package net's, which
// wine gives no socket for UDP.
func askDatagram(t *testing.T, addr string) func(context.Context, string) (string, error) {
	s, err := sockets.Open(t.Context(), sockets.Address{Network: "udp", Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := newDatagrams(s.FD(), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	to, err := net.ResolveUDPAddr("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	return func(_ context.Context, message string) (string, error) {
		if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
			return "", err
		}
		if _, err := c.WriteTo([]byte(message), to); err != nil {
			return "", err
		}
		buf := make([]byte, 200)
		n, _, err := c.ReadFrom(buf)
		return string(buf[:n]), err
	}
}

// TestGenerationsLoseNothing hands sockets from generation to generation under load by
// clients that forgive nothing. Each is ready before the one before it is told to drain.
func TestGenerationsLoseNothing(t *testing.T) {
	const generations = 10
	p := newParent(t)
	serving := p.start(1, nil)
	var exits []running
	all := p.loads()
	for n := 2; n <= generations; n++ {
		next := p.start(n, nil)
		serving.drain(t)
		exits = append(exits, serving)
		serving = next
		all.waitFor(t, int64(n))
	}
	errs := all.stop()
	serving.drain(t)
	for _, err := range errs {
		t.Error(err)
	}
	for i, r := range append(exits, serving) {
		if err := r.cmd.Wait(); err != nil {
			t.Errorf("generation %d: %v", i+1, err)
		}
	}
	t.Log(all)
}

// A socket that a service binds for itself goes to the next generation.
func TestLeftSocket(t *testing.T) {
	p := newParent(t)
	var at string
	var store Store
	first := p.start(1, func(m Message) {
		if strings.HasPrefix(m.Notice.Status, "127.") {
			at = m.Notice.Status
		}
		if m.Notice.Store {
			store.Add(m)
		}
	}, "HANDOFF_TEST_OWN=1")
	defer store.Close()
	learnt := store.Learnt()
	if len(learnt) != 1 || learnt[0].Addr.String() != at || learnt[0].Network != "tcp" {
		t.Fatalf("left %+v, bound %s", learnt, at)
	}
	var release func()
	p.stored, release = store.Take()
	defer release()
	next := p.start(2, func(m Message) {
		if m.Notice.Store {
			t.Errorf("the second binds a socket of its own: %+v", m.Notice)
		}
	}, "HANDOFF_TEST_OWN=1")
	first.drain(t)
	if err := first.cmd.Wait(); err != nil {
		t.Error(err)
	}
	ask := askConn("tcp", at)
	if got, err := ask(t.Context(), "x"); err != nil || got != "2 x" {
		t.Errorf("got %q, %v", got, err)
	}
	next.drain(t)
	if err := next.cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// A stranger learns nothing and changes nothing, before and after the service is there.
func TestStranger(t *testing.T) {
	p := newParent(t)
	r := mustReceive(t)
	early := dialPipe(t, r.Path())
	io.WriteString(early, `{"version":1}`+"\n")
	r.Admit(p.offer, func(int) bool { return false })
	strangers := []io.ReadWriteCloser{early, dialPipe(t, r.Path())}
	for _, c := range strangers {
		io.WriteString(c, `{"notify":"READY=1"}`+"\n")
	}
	for range strangers { // whose messages come in any order, and before they are let go
		m := next(t, r)
		if m.Err == nil || !strings.Contains(m.Err.Error(), fmt.Sprintf("process %d connected", os.Getpid())) || m.Notice != (Notice{}) {
			t.Errorf("got %+v", m)
		}
	}
	for _, c := range strangers {
		if got, err := io.ReadAll(c); len(got) > 0 {
			t.Errorf("a stranger was told %q, %v", got, err)
		}
	}
	if r.Drain() {
		t.Error("a stranger counts as one of the service")
	}
}

func dialPipe(t *testing.T, name string) io.ReadWriteCloser {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := winio.DialPipeContext(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// admitted is a pipe that admits this process, which has been greeted.
func admitted(t *testing.T, o Offer) (*Receiver, io.ReadWriteCloser, *bufio.Reader) {
	t.Helper()
	r := mustReceive(t)
	r.Admit(o, func(pid int) bool { return pid == os.Getpid() })
	c := dialPipe(t, r.Path())
	io.WriteString(c, `{"version":1}`+"\n")
	in := bufio.NewReader(c)
	m, err := readPipeMessage(in)
	if err != nil || m.Version != 1 || m.PID != os.Getpid() || len(m.Sockets) != len(o.Sockets) {
		t.Fatalf("greeted with %+v, %v", m, err)
	}
	return r, c, in
}

func TestBadMessagesOnThePipe(t *testing.T) {
	for text, want := range map[string]string{
		"hello":                  "invalid character",
		`{"drain":true}`:         "a process sends notices",
		`{"notify":"hello"}`:     "it is not KEY=value",
		`{"notify":"BARRIER=1"}`: "needs a descriptor",
		`{"notify":"FDSTORE=1"}`: "without a socket",
		`{"notify":"FDSTORE=1","socket":{"info":"AAAA"}}`: "comes in 3 bytes",
	} {
		r, c, _ := admitted(t, Offer{})
		io.WriteString(c, text+"\n")
		if m := next(t, r); m.Err == nil || !strings.Contains(m.Err.Error(), want) || m.Notice != (Notice{}) {
			t.Errorf("%s: got %+v, want %q", text, m, want)
		}
	}
}

func TestVersionOfAnotherSupervisor(t *testing.T) {
	r := mustReceive(t)
	r.Admit(Offer{}, func(pid int) bool { return true })
	c := dialPipe(t, r.Path())
	io.WriteString(c, `{"version":9}`+"\n")
	if m := next(t, r); m.Err == nil || !strings.Contains(m.Err.Error(), "version 9, and this program speaks version 1") {
		t.Errorf("got %+v", m)
	}
}

func TestFinish(t *testing.T) {
	r, c, _ := admitted(t, Offer{})
	io.WriteString(c, `{"notify":"STATUS=last words"}`+"\n")
	c.Close()
	r.Finish()
	if m := next(t, r); m.Notice.Status != "last words" {
		t.Errorf("got %+v", m)
	}
	if _, err := r.Next(); !errors.Is(err, os.ErrClosed) && err == nil {
		t.Errorf("after the end: %v", err)
	}
}
