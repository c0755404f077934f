package load

import (
	"bufio"
	"net"
	"time"
)

// httpClient opens a connection for each request, and says so to the server.
type httpClient struct{ c Config }

func newHTTPClient(c Config) client { return httpClient{c} }

func (h httpClient) ask(id string) (answer, error) {
	start := time.Now()
	conn, err := dial(h.c, start.Add(h.c.Timeout))
	if err != nil {
		return answer{}, err
	}
	defer conn.Close()
	a, _, err := h.c.exchange(conn, bufio.NewReader(conn), id, "close")
	return a, err
}

func (httpClient) close() {}

// keepaliveClient uses one connection until the server says Connection: close.
// It never looks whether the server has closed before it writes, and never
// asks again: a server that closes an idle connection without a word loses a
// request here, as it does for clients that do not retry. With watch it looks.
type keepaliveClient struct {
	c     Config
	watch bool // it looks before it writes
	conn  net.Conn
	r     *bufio.Reader
}

func newKeepaliveClient(c Config) client { return &keepaliveClient{c: c} }

func newKeepaliveWatchClient(c Config) client { return &keepaliveClient{c: c, watch: true} }

func (k *keepaliveClient) ask(id string) (answer, error) {
	if k.watch && ended(k.conn, k.r) {
		k.close()
		return answer{}, errEnded
	}
	start := time.Now()
	if err := k.connect(start.Add(k.c.Timeout)); err != nil {
		return answer{}, err
	}
	a, last, err := k.c.exchange(k.conn, k.r, id, "keep-alive")
	if last || err != nil {
		k.close()
	}
	return answer{version: a.version, start: start}, err
}

func (k *keepaliveClient) connect(deadline time.Time) error {
	if k.conn != nil {
		return k.conn.SetDeadline(deadline)
	}
	conn, err := dial(k.c, deadline)
	if err != nil {
		return err
	}
	k.conn, k.r = conn, bufio.NewReader(conn)
	return nil
}

func (k *keepaliveClient) close() {
	if k.conn != nil {
		k.conn.Close()
		k.conn = nil
	}
}
