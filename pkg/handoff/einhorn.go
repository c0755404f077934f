package handoff

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// Einhorn is for workers of einhorn (command.rb, interface.rb and client.rb). They
// acknowledge that they are up on a socket of their master.
type Einhorn struct{}

// Name is the value of handoff.by.
func (Einhorn) Name() string { return "einhorn" }

// Facts are for its table.
func (Einhorn) Facts() Facts {
	return Facts{
		For:     "einhorn",
		Sockets: "`EINHORN_FD_COUNT`, `EINHORN_FD_0`, …",
		Ready:   "`worker:ack` on `EINHORN_SOCK_PATH`",
		Stop:    "USR2",
		Speaks:  true,
	}
}

// Grant opens a socket beside that of the messages.
func (Einhorn) Grant(o Offer) (g Grant, err error) {
	if err := g.place(o); err != nil {
		return Grant{}, err
	}
	if o.NotifySocket == "" {
		return Grant{}, errors.New("cannot offer sockets as einhorn does: there is no place for the socket of its workers")
	}
	path := o.NotifySocket + ".e"
	line, err := newEinhornLine(path)
	if err != nil {
		return Grant{}, err
	}
	g.Line = line
	g.set("EINHORN_MASTER_PID", strconv.Itoa(os.Getpid())) // a worker compares it with its parent
	g.set("EINHORN_SOCK_PATH", path)
	g.set("EINHORN_CHILD_INDEX", strconv.Itoa(o.Index))
	g.set("EINHORN_FD_COUNT", strconv.Itoa(len(o.Sockets)))
	for i := range o.Sockets {
		g.set("EINHORN_FD_"+strconv.Itoa(i), strconv.Itoa(firstFD+i))
	}
	g.addMessages(o)
	return g, nil
}

// einhornLine is the socket that a worker connects to for each command.
type einhornLine struct {
	listener *net.UnixListener
	ended    bool
}

func newEinhornLine(path string) (*einhornLine, error) {
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("cannot listen for workers of einhorn: %w", err)
	}
	// The service may run as another user than we do.
	if err := os.Chmod(path, 0o666); err != nil {
		l.Close()
		return nil, fmt.Errorf("cannot listen for workers of einhorn: %w", err)
	}
	return &einhornLine{listener: l}, nil
}

const (
	einhornPatience = time.Second // for the command of who has connected
	maxEinhorn      = 4096        // bytes of a command
)

func (*einhornLine) Started() {}
func (*einhornLine) Alone()   {}

// Close removes the path, too.
func (l *einhornLine) Close() error { return l.listener.Close() }

// Next passes over those who hang up without a word, or are too slow: a worker writes
// its command at once.
func (l *einhornLine) Next() (Message, error) {
	for !l.ended {
		conn, err := l.listener.AcceptUnix()
		if err != nil {
			return Message{}, net.ErrClosed
		}
		pid := peerPID(conn)
		conn.SetReadDeadline(time.Now().Add(einhornPatience))
		m, err := readEinhorn(bufio.NewReader(io.LimitReader(conn, maxEinhorn)))
		// Nothing is answered: a worker that acknowledged hangs up.
		conn.Close()
		if err != nil {
			continue
		}
		m.PID = pid
		l.ended = m.Err != nil
		return m, nil
	}
	return Message{}, net.ErrClosed
}

// readEinhorn reads one command: a line in which "%" and line breaks are escaped by
// percent signs, and which is YAML of one level, or JSON.
func readEinhorn(r *bufio.Reader) (Message, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return Message{}, err
	}
	text, err := url.PathUnescape(strings.TrimSuffix(line, "\n"))
	if err != nil {
		return heard(Notice{}, fmt.Errorf("cannot read a command for einhorn: %.80q: %w", line, err)), nil
	}
	command, err := einhornCommand(text)
	if err != nil {
		return heard(Notice{}, fmt.Errorf("cannot read a command for einhorn: %.80q: %w", text, err)), nil
	}
	switch command {
	case "worker:ack":
		return heard(Notice{Ready: true}, nil), nil
	case "worker:ping":
		return heard(Notice{Watchdog: true}, nil), nil
	}
	return heard(Notice{}, fmt.Errorf("cannot do for einhorn's worker what it asks: %.80q", command)), nil
}

// einhornCommand is the value of "command". All else is left alone: who sends is
// known from the kernel.
func einhornCommand(text string) (string, error) {
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		var m struct{ Command string }
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			return "", err
		}
		return m.Command, nil
	}
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), "command:"); ok {
			return strings.Trim(strings.TrimSpace(value), `"'`), nil
		}
	}
	return "", errors.New(`it names no "command"`)
}
