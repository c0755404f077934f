package browser

import (
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// What the proxy answers itself.
const (
	scriptPath = "/.supervisor/client.js"
	eventsPath = "/.supervisor/events"
)

// Options say what a proxy stands in front of.
type Options struct {
	// Target returns the host:port to connect to, or "" while no version serves.
	// It is called for each request, by many goroutines. Default: always "".
	Target func() string
	// Drain is how long requests under way may take when Serve ends. Default: 5 s.
	Drain time.Duration
}

// Proxy passes requests on to a service and tells the pages that it answered
// with what happens to it. Its methods may be called by many goroutines; none
// of them waits.
type Proxy struct {
	target    func() string
	drain     time.Duration
	run       string
	transport http.RoundTripper
	state     atomic.Pointer[state]
	visits    sync.WaitGroup // requests under way, upgraded ones too
}

// New returns a proxy, which is to be served by Serve.
func New(o Options) *Proxy {
	if o.Target == nil {
		o.Target = func() string { return "" }
	}
	if o.Drain == 0 {
		o.Drain = 5 * time.Second
	}
	p := &Proxy{
		target:    o.Target,
		drain:     o.Drain,
		run:       strconv.FormatInt(time.Now().UnixNano(), 36),
		transport: newTransport(),
	}
	p.state.Store(&state{next: make(chan struct{})})
	return p
}

// ServeHTTP answers with what the service answers, or for the paths below
// /.supervisor/ itself.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.visits.Add(1)
	defer p.visits.Done()
	switch r.URL.Path {
	case scriptPath:
		serveScript(w, r)
	case eventsPath:
		p.events(w, r)
	default:
		p.forward(w, r)
	}
}
