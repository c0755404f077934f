package browser

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// patience is how long anything may take that is waited for. It only ends tests
// that fail.
const patience = 30 * time.Second

// served is a proxy that serves on the loopback.
type served struct {
	*Proxy
	url  string
	end  context.CancelFunc
	done chan error
}

func serve(t *testing.T, o Options) *served {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(context.Background())
	s := &served{New(o), "http://" + l.Addr().String(), end, make(chan error, 1)}
	go func() { s.done <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		end()
		if err := s.wait(t); err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return s
}

// wait waits for the end of Serve, as often as it is asked to.
func (s *served) wait(t *testing.T) error {
	t.Helper()
	select {
	case err := <-s.done:
		s.done <- err
		return err
	case <-time.After(patience):
		t.Fatal("Serve does not end")
		return nil
	}
}

// inFront returns a proxy in front of a handler.
func inFront(t *testing.T, app http.HandlerFunc) *served {
	t.Helper()
	server := httptest.NewServer(app)
	t.Cleanup(server.Close)
	return serve(t, Options{Target: func() string { return server.Listener.Addr().String() }, Drain: 10 * patience})
}

// client neither compresses nor follows redirects.
func client() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DisableCompression: true, ExpectContinueTimeout: patience},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       patience,
	}
}

func request(t *testing.T, method, url string, body io.Reader, header ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return r
}

func do(t *testing.T, r *http.Request) *http.Response {
	t.Helper()
	res, err := client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// navigate asks for a page as a browser does.
func navigate(t *testing.T, url string, header ...string) *http.Response {
	t.Helper()
	return do(t, request(t, "GET", url, nil, append([]string{"Sec-Fetch-Dest", "document", "Accept-Encoding", "gzip, br, zstd"}, header...)...))
}

// pagePlace is the place that a page was loaded with.
func pagePlace(t *testing.T, page string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, scriptPath+"?at=")
	at, _, ok2 := strings.Cut(rest, `"`)
	if !ok || !ok2 {
		t.Fatalf("no script in %q", page)
	}
	return at
}

type event struct{ name, id, data string }

// listen follows the events of a page at a place.
func listen(t *testing.T, p *served, at string) *listener {
	t.Helper()
	return follow(t, request(t, "GET", p.url+eventsPath+"?at="+url.QueryEscape(at), nil))
}

type listener struct {
	t     *testing.T
	res   *http.Response
	lines *bufio.Scanner
}

func follow(t *testing.T, r *http.Request) *listener {
	t.Helper()
	res := do(t, r)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("events: %v", res)
	}
	return &listener{t, res, bufio.NewScanner(res.Body)}
}

// next returns the next event; one without a name is the end.
func (l *listener) next() (e event) {
	l.t.Helper()
	for l.lines.Scan() {
		key, value, _ := strings.Cut(l.lines.Text(), ": ")
		switch key {
		case "event":
			e.name = value
		case "id":
			e.id = value
		case "data":
			e.data = value
		case "":
			if e.name != "" {
				return e
			}
		}
	}
	return e
}

func (l *listener) want(name, data string) event {
	l.t.Helper()
	e := l.next()
	if e.name != name || data != "" && e.data != data {
		l.t.Fatalf("event %+v (%v), want %s %s", e, l.lines.Err(), name, data)
	}
	return e
}
