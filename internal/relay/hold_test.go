package relay

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// What comes while nothing is ready waits for the first process that is.
func TestHeldUntilReady(t *testing.T) {
	faked(t, func(f *fakes) {
		f.Aim([]int{1})
		c := f.connect()
		time.Sleep(29 * time.Second)
		if f.Held() != 1 {
			t.Errorf("%d are held", f.Held())
		}
		f.serve(Owner{1, 1}, "one")
		if got := said(t, c); got != "one" {
			t.Errorf("got %q", got)
		}
		synctest.Wait()
		if f.Held() != 0 || len(f.lines()) > 0 {
			t.Errorf("%d are held, %q", f.Held(), f.lines())
		}
	})
}

// It does not wait for ever, and the log says so without a line for each.
func TestHoldEnds(t *testing.T) {
	faked(t, func(f *fakes) {
		began := time.Now()
		var all []net.Conn
		for range 4 {
			all = append(all, f.connect())
			time.Sleep(time.Second)
		}
		for i, c := range all {
			if got := said(t, c); got != "" {
				t.Errorf("got %q", got)
			}
			if took := time.Since(began); took != 30*time.Second+time.Duration(i)*time.Second {
				t.Errorf("connection %d ended after %v", i, took)
			}
		}
		time.Sleep(tallyTime)
		want := []string{
			"closed a connection that had waited 30s (handoff.hold): no process of the service could take it",
			"closed 3 connections that had waited 30s (handoff.hold): no process of the service could take it",
		}
		if !slices.Equal(f.lines(), want) {
			t.Errorf("got %q", f.lines())
		}
	})
}

// More than so many are not accepted, and wait in the queue of the kernel.
func TestHoldIsBounded(t *testing.T) {
	faked(t, func(f *fakes) {
		for range holdMax - 1 {
			f.connect()
		}
		synctest.Wait()
		last := f.connect()
		queued, theirs := net.Pipe()
		go func() { f.clients <- end{theirs} }()
		time.Sleep(time.Second)
		if f.taken() != holdMax {
			t.Fatalf("%d are accepted", f.taken())
		}
		f.Aim([]int{1})
		f.serve(Owner{1, 1}, "one")
		for _, c := range []net.Conn{last, queued} {
			if got := said(t, c); got != "one" {
				t.Errorf("got %q", got)
			}
		}
	})
}

// A process that does not answer has just died: the connection goes to the one that
// takes its place.
func TestTriedAgain(t *testing.T) {
	faked(t, func(f *fakes) {
		f.Aim([]int{1})
		f.add(Owner{1, 1}, "dead")
		f.Ready(Owner{1, 1})
		c := f.connect()
		time.Sleep(10 * time.Second)
		f.Gone(Owner{1, 1})
		time.Sleep(10 * time.Second)
		f.serve(Owner{1, 2}, "alive")
		if got := said(t, c); got != "alive" {
			t.Errorf("got %q", got)
		}
	})
}

// A process that does not answer at all is not waited for when another generation
// serves.
func TestDialIsGivenUp(t *testing.T) {
	faked(t, func(f *fakes) {
		f.answer["deaf"] = func(ctx context.Context) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
		f.Aim([]int{1})
		f.add(Owner{1, 1}, "deaf")
		f.Ready(Owner{1, 1})
		c := f.connect()
		time.Sleep(time.Second)
		f.serve(Owner{2, 2}, "two")
		f.Aim([]int{2})
		if err := f.Quiesce(f.Context(), Owner{1, 1}); err != nil {
			t.Error(err)
		}
		if got := said(t, c); got != "two" {
			t.Errorf("got %q", got)
		}
	})
}

// Processes take turns; one that is not ready, that leaves or that is of another
// generation takes none.
func TestTurns(t *testing.T) {
	faked(t, func(f *fakes) {
		f.serve(Owner{1, 1}, "old")
		f.serve(Owner{2, 2}, "b")
		f.serve(Owner{2, 3}, "c")
		f.serve(Owner{2, 4}, "d")
		f.add(Owner{2, 5}, "starts")
		f.Aim([]int{2})
		if err := f.Quiesce(f.Context(), Owner{2, 4}); err != nil {
			t.Error(err)
		}
		var got []string
		for range 4 {
			got = append(got, said(t, f.connect()))
		}
		if text := strings.Join(got, ""); text != "bcbc" && text != "cbcb" {
			t.Errorf("got %q", text)
		}
		f.Aim([]int{1, 2})
		got = nil
		for range 3 {
			got = append(got, said(t, f.connect()))
		}
		slices.Sort(got)
		if text := strings.Join(got, ""); text != "bcold" {
			t.Errorf("got %q", text)
		}
	})
}

// What was accepted before the end goes to a process that leaves, which is not stopped
// before.
func TestAcceptedBeforeTheEnd(t *testing.T) {
	faked(t, func(f *fakes) {
		slow := make(chan struct{})
		f.answer["one"] = func(context.Context) (net.Conn, error) {
			<-slow
			ours, theirs := net.Pipe()
			go theirs.Close()
			return ours, nil
		}
		f.add(Owner{1, 1}, "one")
		f.Ready(Owner{1, 1})
		f.Aim([]int{1})
		c := f.connect()
		synctest.Wait()
		f.Stop()
		f.Aim(nil)
		rested := make(chan error)
		go func() { rested <- f.Quiesce(f.Context(), Owner{1, 1}) }()
		time.Sleep(10 * time.Second)
		select {
		case <-rested:
			t.Error("it may be stopped with a connection on its way to it")
		default:
		}
		close(slow)
		said(t, c)
		if err := <-rested; err != nil {
			t.Error(err)
		}
	})
}

// Whatever keeps a door from accepting passes.
func TestAcceptFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &failing{left: 3, shut: make(chan struct{})}
		var notices int
		r := New(func(string) { notices++ })
		if err := r.Open([]Door{{"place", "http", func() (net.Listener, error) { return l, nil }}}, time.Minute); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		time.Sleep(time.Minute)
		synctest.Wait()
		if l.left != 0 || l.last.Sub(began) != 35*time.Millisecond || notices != 3 {
			t.Errorf("%d failures are left, after %v, %d notices", l.left, l.last.Sub(began), notices)
		}
		r.Close()
	})
}

type failing struct {
	left int
	last time.Time
	shut chan struct{}
}

func (l *failing) Accept() (net.Conn, error) {
	l.last = time.Now()
	if l.left > 0 {
		l.left--
		return nil, errors.New("too many open files")
	}
	<-l.shut
	return nil, net.ErrClosed
}

func (l *failing) Close() error   { close(l.shut); return nil }
func (l *failing) Addr() net.Addr { return &net.TCPAddr{} }
