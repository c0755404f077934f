package handoff

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// state takes over what net/http says about the connection.
func (c *conn) state(s http.ConnState, secure bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.secure = secure
	if c.http2 {
		return // its states are those of its streams
	}
	switch s {
	case http.StateNew:
		c.phase = fresh
	case http.StateActive:
		c.phase = busy
	case http.StateIdle:
		c.phase, c.begun, c.since = idle, false, time.Now()
		c.members.wake()
	case http.StateHijacked:
		c.phase = other
	}
}

// becomeHTTP2 leaves the connection to HTTP/2's own way of ending, GOAWAY.
func (c *conn) becomeHTTP2() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.phase, c.http2 = other, true
}

func (c *conn) isHTTP2() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.http2
}

// beneath finds our connection under what net/http calls the connection, or nil.
func beneath(nc net.Conn) *conn {
	for {
		switch c := nc.(type) {
		case *conn:
			return c
		case *tls.Conn:
			nc = c.NetConn()
		case interface{ UnencryptedNetConn() net.Conn }: // net/http's wrapping for HTTP/2 without TLS
			nc = c.UnencryptedNetConn()
		default:
			return nil
		}
	}
}
