package browser

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

func TestRequestArrivesAsItWas(t *testing.T) {
	got := make(chan *http.Request, 1)
	p := inFront(t, func(_ http.ResponseWriter, r *http.Request) { got <- r })
	r := request(t, "GET", p.url+"//a%2Fb/../c;d?x=1;y=%zz&&z", nil,
		"X-Forwarded-For", "192.0.2.1", "X-Forwarded-Proto", "https", "Accept-Encoding", "br", "User-Agent", "")
	r.Host = "example.test:8090"
	do(t, r)
	in := <-got
	if want := "//a%2Fb/../c;d?x=1;y=%zz&&z"; in.RequestURI != want {
		t.Errorf("asked for %s, want %s", in.RequestURI, want)
	}
	if in.Host != "example.test:8090" {
		t.Errorf("host %s", in.Host)
	}
	for name, want := range map[string]string{
		"X-Forwarded-For":   "192.0.2.1, 127.0.0.1",
		"X-Forwarded-Host":  "example.test:8090",
		"X-Forwarded-Proto": "https",
		"Accept-Encoding":   "br",
		"User-Agent":        "",
	} {
		if v := strings.Join(in.Header[name], "|"); v != want {
			t.Errorf("%s: %q, want %q", name, v, want)
		}
	}
}

// What nobody asked for is not added.
func TestRequestGainsNoHeaders(t *testing.T) {
	got := make(chan http.Header, 1)
	p := inFront(t, func(_ http.ResponseWriter, r *http.Request) { got <- r.Header })
	do(t, request(t, "GET", p.url, nil, "User-Agent", ""))
	names := slices.Sorted(maps.Keys(<-got))
	if want := []string{"Connection", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"}; !slices.Equal(names, want) {
		t.Errorf("headers %q, want %q", names, want)
	}
}

// A server guesses the type of what is written to it.
func TestTypeIsNotGuessed(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		u := unsniffed{w}
		u.WriteHeader(http.StatusOK)
		io.WriteString(u, document)
	}))
	defer server.Close()
	if got := do(t, request(t, "GET", server.URL, nil)).Header["Content-Type"]; got != nil {
		t.Errorf("type %q", got)
	}
}

func TestTrailersPassBothWays(t *testing.T) {
	p := inFront(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "Sum")
		io.Copy(w, r.Body)
		w.Header().Set("Sum", r.Trailer.Get("Asked"))
		w.Header().Set(http.TrailerPrefix+"Late", "1")
	})
	r := request(t, "POST", p.url, io.MultiReader(strings.NewReader("body")))
	r.Trailer = http.Header{"Asked": {"42"}}
	res := do(t, r)
	if got := body(t, res); got != "body" || res.Trailer.Get("Sum") != "42" || res.Trailer.Get("Late") != "1" {
		t.Errorf("%q, trailers %v", got, res.Trailer)
	}
}

func TestInterimAnswersPass(t *testing.T) {
	p := inFront(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", "</a.css>")
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusTeapot)
	})
	var hints []string
	r := request(t, "GET", p.url, nil)
	r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
			hints = append(hints, fmt.Sprint(code, " ", h.Get("Link")))
			return nil
		},
	}))
	res := do(t, r)
	if res.StatusCode != http.StatusTeapot || fmt.Sprint(hints) != "[103 </a.css>]" || res.Header["Content-Type"] != nil {
		t.Errorf("%d %v after %v", res.StatusCode, res.Header, hints)
	}
}

// A client that waits for leave to send gets it from the service, or an answer
// instead.
func TestExpectContinue(t *testing.T) {
	p := inFront(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/no" {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		io.Copy(w, r.Body)
	})
	res := do(t, request(t, "POST", p.url+"/yes", strings.NewReader("body"), "Expect", "100-continue"))
	if got := body(t, res); got != "body" {
		t.Errorf("got %q", got)
	}
	sent := &spy{r: strings.NewReader("body")}
	res = do(t, request(t, "POST", p.url+"/no", sent, "Expect", "100-continue"))
	if res.StatusCode != http.StatusRequestEntityTooLarge || sent.read {
		t.Errorf("status %d, body read: %v", res.StatusCode, sent.read)
	}
}

type spy struct {
	r    io.Reader
	read bool
}

func (s *spy) Read(p []byte) (int, error) {
	s.read = true
	return s.r.Read(p)
}

// Each part arrives before the next is sent, both ways on one request.
func TestConversation(t *testing.T) {
	p := inFront(t, func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		c.EnableFullDuplex()
		c.Flush()
		for lines := bufio.NewScanner(r.Body); lines.Scan(); {
			fmt.Fprintln(w, lines.Text())
			c.Flush()
		}
	})
	out, in := io.Pipe()
	res := do(t, request(t, "POST", p.url, out))
	lines := bufio.NewScanner(res.Body)
	for i := range 10 {
		want := fmt.Sprint("line ", i)
		fmt.Fprintln(in, want)
		if !lines.Scan() || lines.Text() != want {
			t.Fatalf("read %q, %v; want %q", lines.Text(), lines.Err(), want)
		}
	}
	in.Close()
	if lines.Scan() {
		t.Errorf("more: %q", lines.Text())
	}
}

func TestLargeBodies(t *testing.T) {
	sent := make([]byte, 8<<20)
	rand.Read(sent)
	p := inFront(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Content-Type"] = nil
		if r.ContentLength >= 0 {
			w.Header().Set("Content-Length", fmt.Sprint(r.ContentLength))
		}
		b, _ := io.ReadAll(r.Body)
		w.Write(b)
	})
	for name, from := range map[string]io.Reader{"whole": bytes.NewReader(sent), "chunked": io.MultiReader(bytes.NewReader(sent))} {
		res := do(t, request(t, "PUT", p.url, from))
		want := int64(len(sent))
		if name == "chunked" {
			want = -1
		}
		if got := body(t, res); got != string(sent) || res.ContentLength != want {
			t.Errorf("%s: %d bytes back, length %d", name, len(got), res.ContentLength)
		}
	}
}

// An answer that breaks off must not look whole.
func TestBrokenAnswer(t *testing.T) {
	p := inFront(t, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "some")
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	res := do(t, request(t, "GET", p.url, nil))
	if b, err := io.ReadAll(res.Body); err == nil {
		t.Errorf("got %q as a whole", b)
	}
}

// The service learns that a client has gone.
func TestClientGoes(t *testing.T) {
	gone := make(chan struct{})
	p := inFront(t, func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
		close(gone)
	})
	do(t, request(t, "GET", p.url, nil)).Body.Close()
	await(t, gone, "the end of the request")
}

func TestWebsocket(t *testing.T) {
	p := inFront(t, func(w http.ResponseWriter, r *http.Request) {
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
	})
	c, _, err := websocket.Dial(t.Context(), p.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	for i := range 10 {
		want := strings.Repeat("x", i*1000)
		if err := c.Write(t.Context(), websocket.MessageText, []byte(want)); err != nil {
			t.Fatal(err)
		}
		if _, got, err := c.Read(t.Context()); err != nil || string(got) != want {
			t.Fatalf("%d bytes back, %v", len(got), err)
		}
	}
	// The end of the proxy is the end of what it carries.
	p.end()
	if _, _, err := c.Read(t.Context()); err == nil {
		t.Error("still open")
	}
	p.wait(t)
}

// A request after a reload must not reach the version before by an old connection.
func TestConnectionsAreNotKept(t *testing.T) {
	fresh := make(chan struct{}, 10)
	app := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	app.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			fresh <- struct{}{}
		}
	}
	app.Start()
	defer app.Close()
	p := serve(t, Options{Target: func() string { return app.Listener.Addr().String() }})
	for range 3 {
		do(t, request(t, "GET", p.url, nil))
	}
	if n := len(fresh); n != 3 {
		t.Errorf("%d connections for 3 requests", n)
	}
}

// Each part arrives though the service sends no more until it has.
func TestSlowDownload(t *testing.T) {
	const size, parts = 10, 3
	next := make(chan struct{})
	p := inFront(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(parts*size))
		for range parts {
			w.Write(make([]byte, size))
			http.NewResponseController(w).Flush()
			<-next
		}
	})
	res := do(t, request(t, "GET", p.url, nil))
	for range parts {
		if _, err := io.CopyN(io.Discard, res.Body, size); err != nil {
			t.Fatal(err)
		}
		next <- struct{}{}
	}
}
