package browser

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"time"
)

// newTransport returns one that connects anew for each request: a connection kept
// from an earlier one would be answered by the version that it began with.
func newTransport() *http.Transport {
	return &http.Transport{
		DialContext:           new(net.Dialer).DialContext,
		DisableKeepAlives:     true,
		DisableCompression:    true, // pass on what the browser accepts, and what comes
		ExpectContinueTimeout: time.Second,
	}
}

func (p *Proxy) forward(w http.ResponseWriter, r *http.Request) {
	v := visit{
		p: p,
		// Taken before the request goes out: a page is never thought to be newer
		// than it is.
		at:     p.place(p.state.Load()),
		target: p.target(),
		page:   navigates(r),
	}
	if v.target == "" {
		v.down(w, http.StatusServiceUnavailable, "no version serves yet")
		return
	}
	// Without it the server reads the whole request before it answers, and a
	// conversation in both directions stands still.
	http.NewResponseController(w).EnableFullDuplex()
	proxy := httputil.ReverseProxy{
		Transport:      p.transport,
		Rewrite:        v.rewrite,
		ModifyResponse: v.adapt,
		ErrorHandler:   v.failed,
		FlushInterval:  -1,
		ErrorLog:       log.New(io.Discard, "", 0),
	}
	proxy.ServeHTTP(unsniffed{w}, r)
}

// unsniffed keeps the server from guessing a type where the service gave none.
type unsniffed struct{ http.ResponseWriter }

func (u unsniffed) WriteHeader(code int) {
	h := u.Header()
	if _, ok := h["Content-Type"]; !ok && code >= 200 {
		h["Content-Type"] = nil
	}
	u.ResponseWriter.WriteHeader(code)
}

func (u unsniffed) Unwrap() http.ResponseWriter { return u.ResponseWriter }
