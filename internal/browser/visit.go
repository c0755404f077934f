package browser

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"strings"
)

// visit is one request on its way to the service and back.
type visit struct {
	p      *Proxy
	at     place // of a page that is loaded by it
	target string
	page   bool // a page that is answered gets the script
}

// navigates reports whether a request is for a page to show, rather than for a
// script of the page: a part of a page must not get the script.
func navigates(r *http.Request) bool {
	if r.Header.Get("Range") != "" || r.Header.Get("Upgrade") != "" {
		return false
	}
	switch r.Header.Get("Sec-Fetch-Dest") {
	case "document", "iframe", "frame":
		return true
	case "": // an old browser, or an origin that is not trustworthy: plain HTTP on another host
		return accepts(r, "text/html") && !asks(r, "X-Requested-With") && !asks(r, "Hx-Request") && !asks(r, "Turbo-Frame")
	}
	return false
}

func asks(r *http.Request, header string) bool { return r.Header.Get(header) != "" }

func accepts(r *http.Request, kind string) bool {
	return strings.Contains(strings.ToLower(strings.Join(r.Header["Accept"], ",")), kind)
}

func (v *visit) rewrite(r *httputil.ProxyRequest) {
	r.Out.URL.Scheme, r.Out.URL.Host = "http", v.target
	r.Out.URL.RawQuery = r.In.URL.RawQuery // ReverseProxy drops what it cannot parse
	r.Out.Trailer = r.In.Trailer           // the same map: its values come after the body
	forwarded(r)
	if v.page {
		r.Out.Header.Set("Accept-Encoding", "identity")
	}
}

// forwarded adds the hop to what proxies further out have said: the supervisor's
// own user put them there.
func forwarded(r *httputil.ProxyRequest) {
	if prior := r.In.Header["X-Forwarded-For"]; len(prior) > 0 {
		r.Out.Header["X-Forwarded-For"] = prior
	}
	r.SetXForwarded()
	for _, name := range []string{"X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded"} {
		if prior := r.In.Header[name]; len(prior) > 0 {
			r.Out.Header[name] = prior
		}
	}
}

// failed answers for a service that did not.
func (v *visit) failed(w http.ResponseWriter, _ *http.Request, err error) {
	if errors.Is(err, io.EOF) {
		err = errors.New("it closed the connection without an answer")
	}
	v.down(w, http.StatusBadGateway, fmt.Sprintf("cannot get an answer from %s: %v", v.target, err))
}
