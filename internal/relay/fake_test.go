package relay

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fakes is a relay whose clients and processes are pipes, in virtual time.
type fakes struct {
	*testing.T
	*Relay
	clients chan net.Conn

	mu       sync.Mutex
	accepted int
	notices  []string
	answer   map[string]func(ctx context.Context) (net.Conn, error) // by address
}

func faked(t *testing.T, test func(f *fakes)) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakes{T: t, clients: make(chan net.Conn), answer: map[string]func(context.Context) (net.Conn, error){}}
		f.Relay = New(func(text string) { f.mu.Lock(); defer f.mu.Unlock(); f.notices = append(f.notices, text) })
		f.dial = func(ctx context.Context, addr string) (net.Conn, error) {
			f.mu.Lock()
			answer := f.answer[addr]
			f.mu.Unlock()
			if answer == nil {
				return nil, errors.New("refused")
			}
			return answer(ctx)
		}
		if err := f.Open([]Door{{"place", "http", func() (net.Listener, error) { return pipes{f, make(chan struct{})}, nil }}}, 30*time.Second); err != nil {
			t.Fatal(err)
		}
		test(f)
		f.Close()
	})
}

// pipes is a listener.
type pipes struct {
	f    *fakes
	shut chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.f.clients:
		p.f.mu.Lock()
		defer p.f.mu.Unlock()
		p.f.accepted++
		return c, nil
	case <-p.shut:
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error   { close(p.shut); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

// connect is a client.
func (f *fakes) connect() net.Conn {
	ours, theirs := net.Pipe()
	f.clients <- end{theirs}
	return ours
}

// end is one of a pipe, which has no halves.
type end struct{ net.Conn }

func (e end) CloseWrite() error { return e.Close() }

// serve has a process that says its name on each connection, and ends it.
func (f *fakes) serve(o Owner, name string) {
	f.mu.Lock()
	f.answer[name] = func(context.Context) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go func() { io.WriteString(theirs, name); theirs.Close() }()
		return ours, nil
	}
	f.mu.Unlock()
	f.add(o, name)
	f.Ready(o)
}

// add has a process that listens at an address.
func (f *fakes) add(o Owner, addr string) {
	p := &process{owner: o, at: map[string]string{"http": addr}, conns: map[*conn]bool{}, gone: make(chan struct{})}
	f.Relay.mu.Lock()
	defer f.Relay.mu.Unlock()
	p.leaves, p.leave = context.WithCancel(f.ctx)
	f.procs[o] = p
}

// said is all that a client gets.
func said(t *testing.T, c net.Conn) string {
	t.Helper()
	text, err := io.ReadAll(c)
	c.Close()
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

func (f *fakes) lines() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.notices
}

func (f *fakes) taken() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.accepted
}
