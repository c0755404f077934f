package browser

import (
	"bufio"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
)

const document = "<!doctype html><html><head><title>x</title></head><body>hello</body></html>"

func page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	io.WriteString(w, document)
}

func TestPageGetsScript(t *testing.T) {
	asked := make(chan string, 1)
	p := inFront(t, func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Header.Get("Accept-Encoding")
		h := w.Header()
		h.Set("ETag", `"1"`)
		h.Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
		h.Set("Content-Security-Policy", "default-src 'none'")
		page(w, r)
	})
	res := navigate(t, p.url)
	got := body(t, res)
	if coding := <-asked; coding != "identity" {
		t.Errorf("asked for %q", coding)
	}
	tag := scriptTag(p.place(p.state.Load()), "")
	if want := strings.Replace(document, "<head>", "<head>"+tag, 1); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	for _, name := range []string{"ETag", "Last-Modified", "Content-Length"} {
		if v := res.Header.Get(name); v != "" {
			t.Errorf("%s: %s", name, v)
		}
	}
	if res.ContentLength != -1 {
		t.Errorf("length %d", res.ContentLength)
	}
	if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'self'") {
		t.Errorf("policy %q", csp)
	}
}

func TestPageGetsNonce(t *testing.T) {
	p := inFront(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "script-src 'strict-dynamic' 'nonce-Ab+/9=='")
		page(w, r)
	})
	if got := body(t, navigate(t, p.url)); !strings.Contains(got, ` nonce="Ab+/9==" src="`) {
		t.Errorf("got %q", got)
	}
}

func TestZippedPageGetsScript(t *testing.T) {
	p := inFront(t, func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html")
		h.Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		io.WriteString(z, document)
		z.Close()
	})
	res := navigate(t, p.url)
	got := body(t, res)
	if pagePlace(t, got); !strings.HasSuffix(got, "hello</body></html>") || res.Header.Get("Content-Encoding") != "" {
		t.Errorf("got %q, %v", got, res.Header)
	}
}

// A page is shown as far as it has come.
func TestPageStreams(t *testing.T) {
	next := make(chan struct{})
	p := inFront(t, func(w http.ResponseWriter, r *http.Request) {
		for _, part := range []string{"<head>", "<title>x</title>", "<body>"} {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, part+"\n")
			http.NewResponseController(w).Flush()
			select {
			case <-next:
			case <-r.Context().Done():
			}
		}
	})
	lines := bufio.NewScanner(navigate(t, p.url).Body)
	for _, want := range []string{"</script>", "</title>", "<body>"} {
		if !lines.Scan() || !strings.HasSuffix(lines.Text(), want) {
			t.Fatalf("read %q, %v; want %s", lines.Text(), lines.Err(), want)
		}
		next <- struct{}{}
	}
}

// These get what the service sent, byte for byte.
func TestOtherAnswersAreUntouched(t *testing.T) {
	html := http.Header{"Content-Type": {"text/html"}}
	with := func(name, value string) http.Header {
		h := html.Clone()
		h.Set(name, value)
		return h
	}
	for name, c := range map[string]struct {
		request []string
		answer  http.Header
		status  int
	}{
		"a fetch":             {request: []string{"Sec-Fetch-Dest", "empty", "Accept", "text/html"}, answer: html},
		"a plain request":     {answer: html},
		"a part of a page":    {request: []string{"Accept", "text/html", "HX-Request", "true"}, answer: html},
		"a range":             {request: []string{"Sec-Fetch-Dest", "document", "Range", "bytes=0-"}, answer: html, status: 206},
		"an image":            {request: []string{"Sec-Fetch-Dest", "document"}, answer: http.Header{"Content-Type": {"image/png"}}},
		"no type":             {request: []string{"Sec-Fetch-Dest", "document"}, answer: http.Header{"Content-Type": nil}},
		"a download":          {request: []string{"Sec-Fetch-Dest", "document"}, answer: with("Content-Disposition", "attachment; filename=x.html")},
		"UTF-16":              {request: []string{"Sec-Fetch-Dest", "document"}, answer: with("Content-Type", "text/html; charset=UTF-16LE")},
		"another coding":      {request: []string{"Sec-Fetch-Dest", "document"}, answer: with("Content-Encoding", "br")},
		"XHTML":               {request: []string{"Sec-Fetch-Dest", "document"}, answer: with("Content-Type", "application/xhtml+xml")},
		"a malformed type":    {request: []string{"Sec-Fetch-Dest", "document"}, answer: with("Content-Type", "text/html; =")},
		"a style sheet's":     {request: []string{"Sec-Fetch-Dest", "style"}, answer: http.Header{"Content-Type": {"text/css"}}},
		"an answer that says": {request: []string{"Sec-Fetch-Dest", "script"}, answer: with("Cache-Control", "max-age=60")},
	} {
		t.Run(name, func(t *testing.T) {
			p := inFront(t, func(w http.ResponseWriter, _ *http.Request) {
				for k, v := range c.answer {
					w.Header()[k] = v
				}
				w.Header().Set("ETag", `"1"`)
				w.WriteHeader(max(c.status, 200))
				io.WriteString(w, document)
			})
			res := do(t, request(t, "GET", p.url, nil, c.request...))
			if got := body(t, res); got != document || res.ContentLength != int64(len(document)) || res.Header.Get("ETag") != `"1"` {
				t.Errorf("got %q, length %d, %v", got, res.ContentLength, res.Header)
			}
			for k, v := range c.answer {
				if got := res.Header.Get(k); strings.Join(v, "") != got {
					t.Errorf("%s: %q, want %q", k, got, v)
				}
			}
		})
	}
}

func TestHeadOfPage(t *testing.T) {
	p := inFront(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		page(w, r)
	})
	for dest, want := range map[string]int64{"document": -1, "empty": 1000} {
		res := do(t, request(t, "HEAD", p.url, nil, "Sec-Fetch-Dest", dest))
		if got := body(t, res); got != "" || res.ContentLength != want {
			t.Errorf("%s: %q, length %d, want %d", dest, got, res.ContentLength, want)
		}
	}
}

// A browser that guesses shows an old script after a reload.
func TestCachingIsNotGuessed(t *testing.T) {
	for _, said := range []string{"", "Cache-Control", "Expires", "Pragma"} {
		p := inFront(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
			if said != "" {
				w.Header().Set(said, "said")
			}
		})
		want := map[string]string{"": "no-cache", "Cache-Control": "said"}[said]
		if got := do(t, request(t, "GET", p.url, nil)).Header.Get("Cache-Control"); got != want {
			t.Errorf("with %q: %q, want %q", said, got, want)
		}
	}
}
