//go:build real

package real

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/coder/websocket"

	"github.com/seed-27ba25bb/supervisor/internal/browser"
)

// An app is what a service answers; a test changes it as a new version would.
type app struct {
	version atomic.Int32
	color   atomic.Value // of the text, in app.css
	ground  atomic.Value // in theme.css, which app.css imports
	serves  atomic.Bool
	acks    chan string
}

func newApp() *app {
	a := &app{acks: make(chan string)}
	a.version.Store(1)
	a.color.Store("rgb(1, 1, 1)")
	a.ground.Store("rgb(255, 255, 255)")
	a.serves.Store(true)
	return a
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	switch r.URL.Path {
	case "/":
		a.page(w, "")
	case "/strict":
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'strict-dynamic' 'nonce-abc'; base-uri 'none'; require-trusted-types-for 'script'")
		a.page(w, "<script nonce=abc>document.title = 'allowed'</script>")
	case "/bare":
		h.Set("Content-Type", "text/html")
		fmt.Fprintf(w, "<title>bare</title><script>var text = '<head></head><body>'</script><p id=v%d>%s", a.version.Load(), "text")
	case "/app.css":
		h.Set("Content-Type", "text/css")
		h.Set("Cache-Control", "max-age=3600")
		fmt.Fprintf(w, "@import 'theme.css'; p { color: %v }", a.color.Load())
	case "/theme.css":
		h.Set("Content-Type", "text/css")
		h.Set("Cache-Control", "max-age=3600")
		fmt.Fprintf(w, "body { background: %v }", a.ground.Load())
	case "/echo":
		echo(w, r)
	case "/events":
		a.events(w, r)
	case "/sum":
		sum := sha256.New()
		n, _ := io.Copy(sum, r.Body)
		fmt.Fprintf(w, "%d %x", n, sum.Sum(nil))
	case "/slow":
		a.slow(w, r)
	case "/ack":
		select {
		case a.acks <- r.URL.RawQuery:
		case <-r.Context().Done():
		}
	default:
		http.NotFound(w, r)
	}
}

func (a *app) page(w http.ResponseWriter, script string) {
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprintf(w, `<!doctype html>
<html>
<head>
<link rel="stylesheet" href="/app.css">
%s
</head>
<body><h1>An app</h1><p id="v%d">version %[2]d</p></body>
</html>`, script, a.version.Load())
}

func echo(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer c.CloseNow()
	for {
		kind, text, err := c.Read(r.Context())
		if err != nil || c.Write(r.Context(), kind, text) != nil {
			return
		}
	}
}

// events sends the next event once the one before has been seen.
func (a *app) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	for i := range 5 {
		if i > 0 && !a.ack(r, fmt.Sprint(i-1)) {
			return
		}
		fmt.Fprintf(w, "data: %d\n\n", i)
		if http.NewResponseController(w).Flush() != nil {
			return
		}
	}
	<-r.Context().Done()
}

// slow sends the next megabyte once the one before has been read.
func (a *app) slow(w http.ResponseWriter, r *http.Request) {
	const size, parts = 1 << 20, 5
	w.Header().Set("Content-Length", fmt.Sprint(parts*size))
	for i := range parts {
		if i > 0 && !a.ack(r, fmt.Sprint(i*size)) {
			return
		}
		w.Write(make([]byte, size))
		if http.NewResponseController(w).Flush() != nil {
			return
		}
	}
}

func (a *app) ack(r *http.Request, want string) bool {
	for {
		select {
		case got := <-a.acks:
			if got == want {
				return true
			}
		case <-r.Context().Done():
			return false
		}
	}
}

// A cutter is a listener whose connections can be cut.
type cutter struct {
	net.Listener
	mu    sync.Mutex
	conns []net.Conn
}

func (c *cutter) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err == nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.conns = append(c.conns, conn)
	}
	return conn, err
}

func (c *cutter) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		conn.Close()
	}
	c.conns = nil
}

// proxied is an app behind a proxy.
type proxied struct {
	*app
	*browser.Proxy
	net *cutter
	url string
}

func (p *proxied) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.app.ServeHTTP(w, r) }

func newProxied(t *testing.T) *proxied {
	t.Helper()
	a := newApp()
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxied{app: a, net: &cutter{Listener: l}, url: "http://" + l.Addr().String()}
	p.Proxy = browser.New(browser.Options{
		Drain: time.Millisecond,
		Target: func() string {
			if !a.serves.Load() {
				return ""
			}
			return server.Listener.Addr().String()
		},
	})
	ctx, end := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Serve(ctx, p.net) }()
	t.Cleanup(func() {
		end()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return p
}

// A tab of a browser that nobody has used before.
type tab struct {
	t   *testing.T
	ctx context.Context
}

func newTab(t *testing.T) tab {
	t.Helper()
	path := filepath.Join(t.TempDir(), "profile")
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("chromium"), chromedp.UserDataDir(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.WindowSize(1200, 800),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return tab{t, ctx}
}

func (b tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// see waits for an element.
func (b tab) see(css string) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.WaitVisible(chromedp.CSS(css))); err != nil {
		b.t.Fatalf("%s does not appear: %v", css, err)
	}
}

// eval returns the value of an expression, or of what it promises.
func eval[T any](b tab, script string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", script, err)
	}
	return v
}

// until waits for a condition of the page, which it looks at before each frame.
func (b tab) until(condition string) {
	b.t.Helper()
	eval[bool](b, `new Promise((done) => { (function look() { (`+condition+`) ? done(true) : requestAnimationFrame(look) })() })`)
}

// picture keeps a screenshot where SUPERVISOR_ARTIFACTS says, if it says.
func (b tab) picture(name string) {
	b.t.Helper()
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	dir := os.Getenv("SUPERVISOR_ARTIFACTS")
	if dir == "" {
		dir = b.t.TempDir()
	}
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		b.t.Fatal(err)
	}
	b.t.Logf("screenshot: %s", path)
}
