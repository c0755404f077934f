package load

import (
	"context"

	"github.com/coder/websocket"
)

// wsConn is a websocket that is always being read, so that pings and the
// closing frame are answered between messages too.
type wsConn struct {
	conn *websocket.Conn
	got  chan string
	done chan struct{} // closed when reading has ended
	err  error         // why; to be read after done
	stop context.CancelFunc
}

func holdWebsocket(conn *websocket.Conn) *wsConn {
	ctx, stop := context.WithCancel(context.Background())
	c := &wsConn{conn: conn, got: make(chan string), done: make(chan struct{}), stop: stop}
	go c.read(ctx)
	return c
}

func (c *wsConn) read(ctx context.Context) {
	defer close(c.done)
	for {
		_, msg, err := c.conn.Read(ctx)
		if err != nil {
			c.err = err
			return
		}
		select {
		case c.got <- string(msg):
		case <-ctx.Done():
			c.err = ctx.Err()
			return
		}
	}
}

func (c *wsConn) echo(ctx context.Context, text string) (string, error) {
	select {
	case <-c.done:
		return "", c.err
	default:
	}
	if err := c.conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		return "", c.whyNot(ctx, err)
	}
	select {
	case msg := <-c.got:
		return msg, nil
	case <-c.done:
		return "", c.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// whyNot prefers the closing frame to the failed write that it caused. A
// connection that cannot be written to soon ends for the reader too.
func (c *wsConn) whyNot(ctx context.Context, failed error) error {
	select {
	case <-c.done:
		if closedCleanly(c.err) {
			return c.err
		}
	case <-ctx.Done():
	}
	return failed
}

// drop closes without a word and waits for the reader.
func (c *wsConn) drop() {
	c.stop()
	c.conn.CloseNow()
	<-c.done
}
