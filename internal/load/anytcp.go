package load

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"time"
)

// watched is how long a connection that says nothing is watched for a reset.
const watched = 50 * time.Millisecond

type connectClient struct{ c Config }

func newConnectClient(c Config) client { return connectClient{c} }

// ask makes a connection that a server which reads ends, too. One that does not
// read has not lost it either.
func (k connectClient) ask(string) (answer, error) {
	a := answer{start: time.Now()}
	conn, err := dial(k.c, a.start.Add(k.c.Timeout))
	if err != nil {
		return a, err
	}
	defer conn.Close()
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		if err := half.CloseWrite(); err != nil {
			return a, err
		}
	}
	conn.SetReadDeadline(time.Now().Add(watched))
	_, err = io.Copy(io.Discard, conn)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = nil
	}
	return a, err
}

func (connectClient) close() {}

type greetedClient struct{ c Config }

func newGreetedClient(c Config) client { return greetedClient{c} }

func (g greetedClient) ask(string) (answer, error) {
	a := answer{start: time.Now()}
	conn, err := dial(g.c, a.start.Add(g.c.Timeout))
	if err != nil {
		return a, err
	}
	defer conn.Close()
	_, err = conn.Read(make([]byte, 1))
	return a, err
}

func (greetedClient) close() {}

type lineClient struct{ c Config }

func newLineClient(c Config) client { return lineClient{c} }

func (l lineClient) ask(id string) (answer, error) {
	a := answer{start: time.Now()}
	conn, err := dial(l.c, a.start.Add(l.c.Timeout))
	if err != nil {
		return a, err
	}
	defer conn.Close()
	return a, askLine(conn, bufio.NewReader(conn), id)
}

func (lineClient) close() {}

// lineHoldClient uses one connection until the server ends it. No protocol says how
// such an end is announced, so one that comes while nothing is on its way loses nothing.
type lineHoldClient struct {
	c    Config
	conn net.Conn
	r    *bufio.Reader
}

func newLineHoldClient(c Config) client { return &lineHoldClient{c: c} }

func (l *lineHoldClient) ask(id string) (a answer, err error) {
	if ended(l.conn, l.r) {
		l.close()
		return a, errEnded
	}
	a.start = time.Now()
	deadline := a.start.Add(l.c.Timeout)
	if l.conn == nil {
		if l.conn, err = dial(l.c, deadline); err != nil {
			l.conn = nil
			return a, err
		}
		l.r = bufio.NewReader(l.conn)
	}
	if err = l.conn.SetDeadline(deadline); err == nil {
		err = askLine(l.conn, l.r, id)
	}
	if err != nil {
		l.close()
	}
	return a, err
}

// ended watches a connection for a moment; without one it is false.
func ended(conn net.Conn, r *bufio.Reader) bool {
	if conn == nil || conn.SetReadDeadline(time.Now().Add(holdPause)) != nil {
		return false
	}
	_, err := r.Peek(1)
	return errors.Is(err, io.EOF) || errors.Is(err, errnoReset)
}

func (l *lineHoldClient) close() {
	if l.conn != nil {
		l.conn.Close()
		l.conn = nil
	}
}

// askLine sends a line and takes whatever line comes back. One that has the id in it
// somewhere, as an echo does, must have the one that was sent.
func askLine(conn net.Conn, r *bufio.Reader, id string) error {
	if _, err := io.WriteString(conn, lineMark+id+"\n"); err != nil {
		return err
	}
	got, err := r.ReadString('\n')
	if err != nil {
		return err
	}
	if _, other, echo := strings.Cut(got, lineMark); echo && strings.TrimRight(other, "\r\n") != id {
		return &badAnswer{Wrong, "got the answer to another line than " + id}
	}
	return nil
}

// lineMark is what a line begins with.
const lineMark = "load "
