package handoff

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
)

var errNoListener = errors.New("this listener accepts nothing")

// splitHTTP2 gives the HTTP/2 connections of s a server of their own to shut down.
//
// [http.Server.Shutdown] is net/http's only way to send GOAWAY, and on a server with HTTP/1 connections
// it loses requests. So HTTP/2 is set up on a second server, which never accepts a connection, and s
// borrows its protocol functions: they register what they serve with the second server and take
// everything else (handler, limits, log) from s.
//
// It returns nil if s speaks no HTTP/2, or was set up for it by someone else. When it does is net/http's
// decision, which for ServeTLS (overTLS) does not depend on TLSConfig.
func splitHTTP2(s *http.Server, overTLS bool) (*http.Server, error) {
	if s.TLSNextProto != nil {
		return nil, nil
	}
	h2 := &http.Server{
		TLSConfig:   s.TLSConfig.Clone(),
		IdleTimeout: s.IdleTimeout,
		ReadTimeout: s.ReadTimeout,
		HTTP2:       s.HTTP2,
		Protocols:   s.Protocols,
	}
	if overTLS && h2.TLSConfig != nil {
		h2.TLSConfig.NextProtos = []string{"h2"}
	}
	if err := h2.Serve(noListener{}); !errors.Is(err, errNoListener) {
		return nil, err
	}
	if h2.TLSNextProto == nil {
		return nil, nil
	}
	s.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){}
	for name, serve := range h2.TLSNextProto {
		s.TLSNextProto[name] = func(s *http.Server, tc *tls.Conn, h http.Handler) {
			if c := beneath(tc); c != nil {
				c.becomeHTTP2()
			}
			serve(s, tc, h)
		}
	}
	return h2, nil
}

// sendGoAway sends GOAWAY on every HTTP/2 connection that has not had it. It returns at once, since
// the second server has no connections of its own to wait for.
func sendGoAway(h2 *http.Server) {
	if h2 != nil {
		_ = h2.Shutdown(context.Background())
	}
}

type noListener struct{}

func (noListener) Accept() (net.Conn, error) { return nil, errNoListener }
func (noListener) Close() error              { return nil }
func (noListener) Addr() net.Addr            { return &net.TCPAddr{} }
