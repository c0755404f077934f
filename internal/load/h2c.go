package load

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// h2cClient speaks HTTP/2 with prior knowledge (RFC 9113, section 3.3). The
// transport asks again, on a new connection, for streams that a GOAWAY frame
// says were never looked at: that belongs to the protocol (section 6.8).
type h2cClient struct {
	c         Config
	transport *http.Transport
}

func newH2CClient(c Config) client {
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	return &h2cClient{c, &http.Transport{Protocols: protocols, DialContext: c.dialContext}}
}

// dialContext connects to the configured address whatever the URL says.
func (c Config) dialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, c.Network, c.Address)
}

func (h *h2cClient) ask(id string) (answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), h.c.Timeout)
	defer cancel()
	start := time.Now()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+h.c.host()+h.c.Path, nil)
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("X-Load", id)
	resp, err := h.transport.RoundTrip(req)
	if err != nil {
		return answer{}, err
	}
	a := answer{version: resp.Header.Get("X-Version"), start: start}
	if resp.ProtoMajor != 2 {
		resp.Body.Close()
		return a, &badAnswer{Wrong, fmt.Sprintf("answered by %s instead of HTTP/2", resp.Proto)}
	}
	return a, h.c.finish(resp, id)
}

func (h *h2cClient) close() { h.transport.CloseIdleConnections() }
