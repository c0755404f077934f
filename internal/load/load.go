// Package load puts strict clients on a service and counts every request that
// the service loses. No client repeats a request that failed: what a user
// without retries would notice is in the Report.
package load

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// A Load is one way to use a service.
type Load string

// The echo loads (websocket, tcp, tcp-hold, udp) send a text and expect it
// back with the version in front: "VERSION TEXT". The HTTP loads take the
// version from the header X-Version, and send a header X-Load that an answer
// may repeat; if it does, it must be the one sent.
const (
	HTTP      Load = "http"      // a new connection for each request
	Keepalive Load = "keepalive" // one connection a worker, until the server says Connection: close
	// KeepaliveWatch is Keepalive that looks, as most clients do, whether the server has
	// ended the connection before it asks on it.
	KeepaliveWatch Load = "keepalive-watch"
	H2C            Load = "h2c"       // HTTP/2 without TLS, one connection a worker
	Slow           Load = "slow"      // HTTP, by default of a page that takes 2 s
	Unix           Load = "unix"      // HTTP over a unix socket
	Websocket      Load = "websocket" // echoes on a connection that stays open
	TCP            Load = "tcp"       // connect, ten lines echoed, close: one request
	TCPHold        Load = "tcp-hold"  // echoes on a connection that stays open
	UDP            Load = "udp"       // echoes of single datagrams, never sent again

	// These four ask what any service can answer, whatever it says.
	Connect  Load = "connect"   // connect, end the own side, be reset by nobody
	Greeted  Load = "greeted"   // connect, get a first word
	Line     Load = "line"      // connect, send a line, get one, close
	LineHold Load = "line-hold" // lines on a connection that stays open
)

// Config says what to load and how hard. Load and Address are needed, the rest
// has defaults.
type Config struct {
	Load    Load
	Network string        // as for net.Dial; default tcp, unix or udp, by Load
	Address string        // host:port on the loopback interface, or a socket's path
	Path    string        // for HTTP and websocket; default "/", "/slow?d=2s" or "/ws"
	Workers int           // requests at the same time; default 1
	Rate    float64       // requests a second of all workers together; 0 is as fast as possible
	Timeout time.Duration // of one request from dialling to the last byte; default 10 s
	Max     int64         // requests in all; 0 is no limit
	Bad     int           // the HTTP status from which on an answer is a failure; default 400

	// Seen, if set, is called once for each version, when it first answers.
	// It is called in the goroutine of Run, which waits for it.
	Seen func(version string)
	// Each, if set, is called likewise for each request when it is over.
	Each func(Request)
}

// A Request is one that was made.
type Request struct {
	Start time.Time // dialling included
	Took  time.Duration
	Kind  Kind
	Err   error // of any Kind but OK
}

// Run loads a service until ctx ends or c.Max requests are made. At the end of
// ctx no request begins, but those under way are finished and counted: Run
// returns at most c.Timeout later, and none of its goroutines is left. The
// error is about c alone; what the service did wrong is in the Report.
func Run(ctx context.Context, c Config) (Report, error) {
	c, err := c.complete()
	if err != nil {
		return Report{}, err
	}
	var wg sync.WaitGroup
	var tickets atomic.Int64
	results := make(chan result, c.Workers)
	for i := range c.Workers {
		wg.Go(func() { newWorker(c, i, &tickets, results).run(ctx) })
	}
	go func() {
		wg.Wait()
		close(results)
	}()
	rec := newRecorder(c.Seen, c.Each)
	for res := range results { // ends with the last worker
		rec.add(res)
	}
	return rec.report(), nil
}

func (c Config) complete() (_ Config, err error) {
	kind, known := loads[c.Load]
	if !known {
		return c, fmt.Errorf("cannot load the service: unknown load %q", c.Load)
	}
	if c.Workers < 0 || c.Rate < 0 || c.Timeout < 0 || c.Max < 0 || c.Bad < 0 {
		return c, errors.New("cannot load the service: workers, rate, timeout, max and bad must not be negative")
	}
	if c.Network == "" {
		c.Network = kind.network
	}
	if c.Path == "" {
		c.Path = kind.path
	}
	if c.Workers == 0 {
		c.Workers = 1
	}
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	if c.Bad == 0 {
		c.Bad = 400
	}
	if kind.path != "" {
		if c.Path, err = requestPath(c.Path); err != nil {
			return c, err
		}
	}
	return c, onlyLocal(c.Network, c.Address)
}
