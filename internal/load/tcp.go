package load

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

const (
	tcpLines = 10
	// bye is the line by which a draining server asks the client to go. It
	// answers what is still sent until the client has closed.
	bye = "bye"
)

type tcpClient struct{ c Config }

func newTCPClient(c Config) client { return tcpClient{c} }

func (t tcpClient) ask(id string) (answer, error) {
	start := time.Now()
	conn, err := dial(t.c, start.Add(t.c.Timeout))
	if err != nil {
		return answer{}, err
	}
	defer conn.Close()
	a := answer{start: start}
	l := lines{conn: conn, r: bufio.NewReader(conn)}
	for i := range tcpLines {
		if a.version, err = l.echo(id + "." + strconv.Itoa(i)); err != nil {
			return a, err
		}
	}
	return a, nil
}

func (tcpClient) close() {}

// lines is a connection to an echo server.
type lines struct {
	conn  net.Conn
	r     *bufio.Reader
	leave bool // the server said bye
}

// unasked reads a line that came without a question.
func (l *lines) unasked() error {
	line, err := l.r.ReadString('\n')
	if err == nil && line != bye+"\n" {
		err = &badAnswer{Wrong, fmt.Sprintf("got %q without having sent anything", line)}
	}
	if err == nil {
		err = errEnded
	}
	return err
}

func (l *lines) echo(text string) (version string, err error) {
	if _, err := io.WriteString(l.conn, text+"\n"); err != nil {
		return "", err
	}
	for {
		line, err := l.r.ReadString('\n')
		if err != nil {
			return "", err
		}
		line = strings.TrimSuffix(line, "\n")
		if line != bye {
			return echoed(line, text)
		}
		l.leave = true
	}
}
