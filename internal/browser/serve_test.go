package browser

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func await(t *testing.T, c <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatalf("%s does not come", what)
	}
}

// What is under way at the end is finished; pages' events end at once.
func TestServeEndsGracefully(t *testing.T) {
	finish := make(chan struct{})
	p := inFront(t, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "some")
		http.NewResponseController(w).Flush()
		<-finish
		io.WriteString(w, " and the rest")
	})
	events := listen(t, p, "")
	events.want("failures", "[]")
	res := do(t, request(t, "GET", p.url, nil))
	p.end()
	if e := events.next(); e.name != "" || events.lines.Err() != nil {
		t.Errorf("event %+v, %v", e, events.lines.Err())
	}
	close(finish)
	if got := body(t, res); got != "some and the rest" {
		t.Errorf("got %q", got)
	}
	if err := p.wait(t); err != nil {
		t.Error(err)
	}
	if _, err := client().Get(p.url); err == nil {
		t.Error("still answers")
	}
}

func TestServeEndsInTime(t *testing.T) {
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	defer app.Close()
	p := serve(t, Options{Target: func() string { return app.Listener.Addr().String() }, Drain: 10 * time.Millisecond})
	res := do(t, request(t, "GET", p.url, nil))
	p.end()
	if err := p.wait(t); err != nil {
		t.Error(err)
	}
	if _, err := io.ReadAll(res.Body); err == nil {
		t.Error("what did not end looks whole")
	}
}

func TestServeSaysWhyItCannot(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	err = New(Options{}).Serve(t.Context(), l)
	if err == nil || !strings.HasPrefix(err.Error(), "cannot serve browsers on 127.0.0.1:") {
		t.Errorf("%v", err)
	}
}
