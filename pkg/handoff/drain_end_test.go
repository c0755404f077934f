package handoff

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

func TestContextEndsBeforeTheDeadline(t *testing.T) {
	g := newGate()
	w := worker(t, Options{})
	w.goodbye = 50 * time.Millisecond
	addr, ended := serve(t, w, &http.Server{Handler: g, BaseContext: func(net.Listener) context.Context { return t.Context() }})
	c := newClient(t, addr)
	c.get("/")
	wait(t, "the handler", g.entered)
	began := time.Now()
	w.Drain()
	if got := c.answer(true); got != "cancelled\n" {
		t.Errorf("got %q", got)
	}
	if took := time.Since(began); took < w.goodbye {
		t.Errorf("the context ended %v after draining began, not %v", took, w.goodbye)
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
	began := time.Now()
	w.Drain()
	wait(t, "the end of the request's context", ctx.Done())
	if took := time.Since(began); took < w.goodbye {
		t.Errorf("the request's context ended %v after draining began, not %v", took, w.goodbye)
	}
	if _, err := http.ReadResponse(c.r, nil); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(c.r); err != nil || string(got) != "goodbye" {
		t.Errorf("got %q, %v", got, err)
	}
	wantDrained(t, ended)
}
