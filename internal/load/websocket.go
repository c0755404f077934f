package load

import (
	"context"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

// websocketClient keeps its connection until the server closes it with the
// status "normal closure" or "going away" (RFC 6455, section 7.4.1). A message
// that crossed such a frame is sent again: a server that has said it closes
// need not read on. Any other end is a failure, also between two messages.
type websocketClient struct {
	c    Config
	http *http.Client
	conn *wsConn // nil when not connected
}

func newWebsocketClient(c Config) client {
	// Without keep-alives no connection is used twice, so that none of
	// net/http's retries can happen.
	t := &http.Transport{DialContext: c.dialContext, DisableKeepAlives: true}
	return &websocketClient{c: c, http: &http.Client{Transport: t}}
}

func (w *websocketClient) ask(id string) (answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), w.c.Timeout)
	defer cancel()
	start := time.Now()
	version, err := w.echo(ctx, id)
	if err != nil {
		w.drop()
		if closedCleanly(err) {
			err = errEnded
		}
	}
	return answer{version: version, start: start}, err
}

func (w *websocketClient) echo(ctx context.Context, id string) (string, error) {
	if w.conn == nil {
		conn, resp, err := websocket.Dial(ctx, "ws://"+w.c.host()+w.c.Path, &websocket.DialOptions{HTTPClient: w.http})
		if err != nil {
			return "", refusal(resp, err)
		}
		w.conn = holdWebsocket(conn)
	}
	got, err := w.conn.echo(ctx, id)
	if err != nil {
		return "", err
	}
	return echoed(got, id)
}

// refusal sees the status of a handshake that failed.
func refusal(resp *http.Response, err error) error {
	if resp != nil && resp.StatusCode >= 500 {
		return &badAnswer{Status5xx, err.Error()}
	}
	return err
}

func closedCleanly(err error) bool {
	status := websocket.CloseStatus(err)
	return status == websocket.StatusNormalClosure || status == websocket.StatusGoingAway
}

func (w *websocketClient) drop() {
	if w.conn != nil {
		w.conn.drop()
		w.conn = nil
	}
}

func (w *websocketClient) close() {
	if w.conn != nil {
		w.conn.conn.Close(websocket.StatusNormalClosure, "")
	}
	w.drop()
}
