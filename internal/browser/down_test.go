package browser

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

func TestNothingServesYet(t *testing.T) {
	p := serve(t, Options{})
	p.Failed(Failure{Service: "web", Title: "build failed", Problems: []Problem{{"a.go", 1, 2, "<b>"}, {"b.go", 3, 0, "c"}}, Text: "& more\n"})

	res := navigate(t, p.url)
	html := body(t, res)
	if res.StatusCode != http.StatusServiceUnavailable || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		t.Errorf("status %d, %v", res.StatusCode, res.Header)
	}
	for _, want := range []string{"web: build failed\n", "a.go:1:2: &lt;b&gt;\n", "b.go:3: c\n", "&amp; more"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in %s", want, html)
		}
	}
	l := listen(t, p, pagePlace(t, html))
	l.want("failures", "")
	p.Reload()
	l.want("reload", "")

	res = do(t, request(t, "GET", p.url+"/api", nil, "Accept", "application/json"))
	const text = "no version serves yet\n\nweb: build failed\na.go:1:2: <b>\nb.go:3: c\n& more\n"
	if got := body(t, res); res.StatusCode != http.StatusServiceUnavailable || got != text {
		t.Errorf("status %d, %q", res.StatusCode, got)
	}
}

// A version that comes while a page says that there is none reloads that page.
func TestPageIsNeverNewerThanItsAnswer(t *testing.T) {
	var reload atomic.Pointer[func()]
	p := serve(t, Options{Target: func() string {
		(*reload.Load())()
		return ""
	}})
	reload.Store(new(p.Reload))
	listen(t, p, pagePlace(t, body(t, navigate(t, p.url)))).want("reload", "")
}

func TestServiceDoesNotAnswer(t *testing.T) {
	p := inFront(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	res := do(t, request(t, "GET", p.url, nil))
	if got := body(t, res); res.StatusCode != http.StatusBadGateway || !strings.Contains(got, ": it closed the connection without an answer") {
		t.Errorf("status %d, %q", res.StatusCode, got)
	}
	pagePlace(t, body(t, navigate(t, p.url)))
}
