package handoff

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// main is the Worker that ListenAndServe and ListenAndServeTLS share: the sockets of a process can be
// taken over once.
var main = sync.OnceValues(func() (*Worker, error) { return New(Options{}) })

// ListenAndServe replaces [http.ListenAndServe] in a service that is to be replaced without losing a
// request. It returns nil after a complete drain, and a [*CutError] if the drain had to cut connections.
// Several calls in one process share one drain.
func ListenAndServe(addr string, h http.Handler) error {
	return listenAndServe(withDefaultAddr(addr, ":http"), func(w *Worker, l net.Listener) error {
		return w.Serve(l, &http.Server{Handler: h})
	})
}

// ListenAndServeTLS is [ListenAndServe] for HTTPS, as [http.ListenAndServeTLS].
func ListenAndServeTLS(addr, certFile, keyFile string, h http.Handler) error {
	return listenAndServe(withDefaultAddr(addr, ":https"), func(w *Worker, l net.Listener) error {
		return w.ServeTLS(l, &http.Server{Handler: h}, certFile, keyFile)
	})
}

func withDefaultAddr(addr, otherwise string) string {
	if addr == "" {
		return otherwise
	}
	return addr
}

func listenAndServe(addr string, serve func(*Worker, net.Listener) error) error {
	w, err := main()
	if err != nil {
		return err
	}
	l, err := w.Listen("tcp", addr)
	if err != nil {
		if w.isDraining() {
			return w.Wait() // stopped before it began
		}
		return err
	}
	return serve(w, l)
}

// Serve serves HTTP on l, which should come from [Worker.Listen] or wrap one that does, and calls
// [Worker.Ready]. It returns when the drain is complete: nil, or a [*CutError].
// If l fails earlier it returns that error.
//
// Serve takes s over: it wraps Handler, ConnState, BaseContext and TLSNextProto, so s must not be used
// elsewhere. Request contexts derive from [Worker.Context]. Functions that were registered with
// [http.Server.RegisterOnShutdown] run when the drain is complete; use [Worker.Draining] for its start.
// A TLSNextProto that is already set is used as it is: its HTTP/2 connections get GOAWAY with their next
// response.
func (w *Worker) Serve(l net.Listener, s *http.Server) error {
	return w.serve(l, s, false, s.Serve)
}

// ServeTLS is [Worker.Serve] over TLS, as [http.Server.ServeTLS]. TLS around a listener that is not
// from [Worker.Listen] would hide its connections from the drain; ServeTLS does not.
func (w *Worker) ServeTLS(l net.Listener, s *http.Server, certFile, keyFile string) error {
	return w.serve(l, s, true, func(l net.Listener) error { return s.ServeTLS(l, certFile, keyFile) })
}

func (w *Worker) serve(l net.Listener, s *http.Server, overTLS bool, accept func(net.Listener) error) error {
	if err := w.prepare(s, overTLS); err != nil {
		_ = l.Close()
		return err
	}
	_ = w.Ready() // a supervisor that has gone is no reason not to serve
	if _, ours := l.(*listener); !ours {
		l = w.adopt(l)
	}
	err := accept(l)
	if !w.isDraining() {
		return err
	}
	err = w.Wait()
	_ = s.Shutdown(w.ctx)
	return err
}

// prepare wraps what the drain needs of s, once.
func (w *Worker) prepare(s *http.Server, overTLS bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, done := w.servers[s]; done {
		return nil
	}
	h2, err := splitHTTP2(s, overTLS)
	if err != nil {
		return err
	}
	s.Handler = &closingHandler{next: s.Handler, draining: w.draining}
	s.ConnState = w.connState(h2, s.ConnState)
	s.BaseContext = w.baseContext(s.BaseContext)
	w.servers[s] = h2
	return nil
}

func (w *Worker) connState(h2 *http.Server, next func(net.Conn, http.ConnState)) func(net.Conn, http.ConnState) {
	return func(nc net.Conn, state http.ConnState) {
		if c := beneath(nc); c != nil {
			c.state(state, net.Conn(c) != nc)
			if w.isDraining() && c.isHTTP2() {
				sendGoAway(h2) // it was not yet HTTP/2 when the others got theirs
			}
		}
		if next != nil {
			next(nc, state)
		}
	}
}

func (w *Worker) baseContext(next func(net.Listener) context.Context) func(net.Listener) context.Context {
	if next == nil {
		return func(net.Listener) context.Context { return w.ctx }
	}
	return func(l net.Listener) context.Context {
		ctx, cancel := context.WithCancel(next(l))
		context.AfterFunc(w.ctx, cancel)
		return ctx
	}
}
