package control

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Server answers on a control socket.
type Server struct {
	listener net.Listener
	path     string
	file     os.FileInfo // of the socket, to know it again
	who      uidOf       // nil: the pipe has let nobody in who may not ask
	own      int         // the user who may ask, besides root
	close    func() error
	left     atomic.Bool // somebody else has the socket now
}

// Path is where the socket is.
func (s *Server) Path() string { return s.path }

// Serve answers for sup until ctx ends or Close is called, then lets answers that
// are under way go out for a second, cuts the rest off, and closes the server. It
// returns nil when it was ended so, and not before the last call of sup returned.
func (s *Server) Serve(ctx context.Context, sup Supervisor) error {
	defer s.Close()
	serving, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	var conns sync.WaitGroup
	leaving, leave := context.WithCancel(ctx)
	defer leave()
	srv := s.http(&handler{serving: serving, leaving: leaving, left: s.left.Load, sup: sup}, &conns)
	var err error
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer leave()
		err = srv.Serve(lasting{s.listener})
	}()
	select {
	case <-ctx.Done():
	case <-ended:
		if s.left.Load() {
			finish(&conns)
		}
	}
	shutdown(srv)
	end()
	<-ended
	conns.Wait()
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return fmt.Errorf("cannot serve the control socket: %w", err)
}

// http counts connections in conns from their accept, which happens on the
// goroutine of http.Server.Serve, to the end of their handler.
func (s *Server) http(h *handler, conns *sync.WaitGroup) *http.Server {
	srv := &http.Server{
		Handler:        h,
		ReadTimeout:    transferTime,
		MaxHeaderBytes: maxHeader,
		BaseContext:    func(net.Listener) context.Context { return h.serving },
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return greet(ctx, c, s.who, s.own)
		},
		ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				conns.Add(1)
			case http.StateClosed:
				conns.Done()
			}
		},
	}
	// One request a connection: an idle one would only have to be waited for.
	srv.SetKeepAlivesEnabled(false)
	return srv
}

// finish waits for connections that are there: http.Server.Shutdown drops those whose
// request it has not read yet.
func finish(conns *sync.WaitGroup) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		conns.Wait()
	}()
	select {
	case <-done:
	case <-time.After(farewell):
	}
}

func shutdown(srv *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	if srv.Shutdown(ctx) != nil {
		srv.Close()
	}
}

// Close stops accepting and removes the socket, unless its path has become
// somebody else's. Only the first call does anything.
func (s *Server) Close() error { return s.close() }

func (s *Server) release() error {
	err := s.listener.Close()
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	if s.left.Load() {
		return err
	}
	return errors.Join(err, removeOwn(s.path, s.file))
}

// sameSocket reports whether a and b are one file. A file system may give a new
// file the number of a removed one at once, but not its time.
func sameSocket(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime())
}
