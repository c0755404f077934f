package browser

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
)

// Serve answers on a listener, which it closes, until ctx ends. Requests under way
// then have the time of Options.Drain; upgraded connections end at once. It returns
// when all of them have ended: nil, or why it could not go on. A Proxy can be
// served once.
func (p *Proxy) Serve(ctx context.Context, l net.Listener) error {
	alive, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	server := &http.Server{
		Handler:     p,
		BaseContext: func(net.Listener) context.Context { return alive },
		ErrorLog:    log.New(io.Discard, "", 0), // the browser is told
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	var err error
	select {
	case err = <-served:
	case <-ctx.Done():
	}
	p.update(func(s *state) { s.stopped = true })

	drain, cancel := context.WithTimeout(alive, p.drain)
	defer cancel()
	if server.Shutdown(drain) != nil {
		server.Close()
	}
	end()
	p.visits.Wait()
	if err == nil {
		err = <-served
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("cannot serve browsers on %s: %w", l.Addr(), err)
}
