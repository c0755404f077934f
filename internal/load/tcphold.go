package load

import (
	"bufio"
	"errors"
	"io"
	"os"
	"time"
)

// holdPause is how long a held connection is watched for its end before the
// next echo.
const holdPause = 2 * time.Millisecond

// tcpHoldClient keeps its connection until the server says bye or ends it
// while nothing is on its way.
type tcpHoldClient struct {
	c Config
	l *lines // nil when not connected
}

func newTCPHoldClient(c Config) client { return &tcpHoldClient{c: c} }

func (t *tcpHoldClient) ask(id string) (answer, error) {
	if err := t.pause(); err != nil {
		t.close()
		return answer{}, err
	}
	start := time.Now()
	version, err := t.echo(id, start.Add(t.c.Timeout))
	if err != nil {
		t.close()
	}
	return answer{version: version, start: start}, err
}

// pause ends early, with errEnded, if the connection does.
func (t *tcpHoldClient) pause() error {
	if t.l == nil {
		return nil
	}
	if t.l.leave {
		return errEnded
	}
	if err := t.l.conn.SetReadDeadline(time.Now().Add(holdPause)); err != nil {
		return err
	}
	_, err := t.l.r.Peek(1)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil
	case errors.Is(err, io.EOF):
		return errEnded
	}
	if err != nil {
		return err
	}
	return t.l.unasked()
}

func (t *tcpHoldClient) echo(id string, deadline time.Time) (string, error) {
	if t.l == nil {
		conn, err := dial(t.c, deadline)
		if err != nil {
			return "", err
		}
		t.l = &lines{conn: conn, r: bufio.NewReader(conn)}
	}
	if err := t.l.conn.SetDeadline(deadline); err != nil {
		return "", err
	}
	return t.l.echo(id)
}

func (t *tcpHoldClient) close() {
	if t.l != nil {
		t.l.conn.Close()
		t.l = nil
	}
}
