package handoff

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
)

// closingHandler makes every answer the last on its connection once draining has begun.
type closingHandler struct {
	next     http.Handler
	draining context.Context
}

// ServeHTTP implements [http.Handler].
func (h *closingHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	next := h.next
	if next == nil {
		next = http.DefaultServeMux
	}
	full, ok := w.(responseWriter)
	if r.ProtoMajor != 1 || !ok {
		h.mark(w) // net/http turns it into GOAWAY
		next.ServeHTTP(w, r)
		return
	}
	c := &closingWriter{responseWriter: full, handler: h}
	next.ServeHTTP(c, r)
	c.close()
}

func (h *closingHandler) mark(w http.ResponseWriter) {
	if h.draining.Err() != nil {
		w.Header().Set("Connection", "close")
	}
}

// responseWriter is all that net/http's own writer for HTTP/1 can do and that others look for.
type responseWriter interface {
	http.ResponseWriter
	http.Flusher
	http.Hijacker
	io.ReaderFrom
	io.StringWriter
	CloseNotify() <-chan bool
	FlushError() error
}

// closingWriter decides about "Connection: close" at the last moment, when the header is written:
// draining may begin while the handler runs.
type closingWriter struct {
	responseWriter
	handler *closingHandler
	wrote   bool // the final header is written, or the connection hijacked
}

// Unwrap lets [http.ResponseController] set deadlines.
func (c *closingWriter) Unwrap() http.ResponseWriter { return c.responseWriter }

func (c *closingWriter) close() {
	if !c.wrote {
		c.wrote = true
		c.handler.mark(c.responseWriter)
	}
}

func (c *closingWriter) WriteHeader(code int) {
	switch {
	case code == http.StatusSwitchingProtocols:
		c.wrote = true // the connection goes on as something else
	case code >= 200:
		c.close()
	}
	c.responseWriter.WriteHeader(code)
}

func (c *closingWriter) Write(b []byte) (int, error) {
	c.close()
	return c.responseWriter.Write(b)
}

func (c *closingWriter) WriteString(s string) (int, error) {
	c.close()
	return c.responseWriter.WriteString(s)
}

func (c *closingWriter) ReadFrom(r io.Reader) (int64, error) {
	c.close()
	return c.responseWriter.ReadFrom(r)
}

func (c *closingWriter) Flush() {
	c.close()
	c.responseWriter.Flush()
}

func (c *closingWriter) FlushError() error {
	c.close()
	return c.responseWriter.FlushError()
}

func (c *closingWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	nc, rw, err := c.responseWriter.Hijack()
	if err == nil {
		c.wrote = true
	}
	return nc, rw, err
}
