package handoff

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/Microsoft/go-winio"

	sockets "github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// notifier speaks to the supervisor on the pipe that it has for this process.
type notifier struct{ pipe *pipe } // nil: nobody listens

// pipe is the end of a process of a service.
type pipe struct {
	conn  net.Conn
	in    *bufio.Reader
	pid   int           // of the supervisor
	store int           // how many sockets it keeps
	kept  chan struct{} // it has taken a socket
	lost  chan struct{} // closed when it is gone

	mu sync.Mutex // held while a message is written, and its answer awaited
}

// greetTimeout bounds the exchange of greetings: a supervisor answers at once.
const greetTimeout = 10 * time.Second

// takeOver greets the supervisor that $SUPERVISOR_PIPE names and gets the sockets.
func takeOver() ([]inherited, notifier, error) {
	name := os.Getenv("SUPERVISOR_PIPE")
	os.Unsetenv("SUPERVISOR_PIPE") // the pipe is this process's
	if name == "" {
		return nil, notifier{}, nil
	}
	p, greeting, err := greet(name)
	if err != nil {
		return nil, notifier{}, fmt.Errorf("cannot take over sockets from the supervisor: %w", err)
	}
	found, err := takeSockets(greeting.Sockets)
	if err != nil {
		p.conn.Close()
		return nil, notifier{}, err
	}
	return found, notifier{p}, nil
}

func greet(name string) (*pipe, pipeMessage, error) {
	ctx, cancel := context.WithTimeout(context.Background(), greetTimeout)
	defer cancel()
	conn, err := winio.DialPipeContext(ctx, name)
	if err != nil {
		return nil, pipeMessage{}, err
	}
	p := &pipe{conn: conn, in: bufio.NewReader(conn), kept: make(chan struct{}), lost: make(chan struct{})}
	greeting, err := p.greet()
	if err != nil {
		conn.Close()
		return nil, pipeMessage{}, err
	}
	p.pid, p.store = greeting.PID, greeting.Store
	return p, greeting, nil
}

func (p *pipe) greet() (greeting pipeMessage, err error) {
	if err := p.conn.SetDeadline(time.Now().Add(greetTimeout)); err != nil {
		return greeting, err
	}
	if err := writePipeMessage(p.conn, pipeMessage{Version: pipeVersion}); err != nil {
		return greeting, err
	}
	if greeting, err = readPipeMessage(p.in); err != nil {
		return greeting, err
	}
	if greeting.Version == 0 {
		return greeting, fmt.Errorf("%w: it is no greeting", errPipeMessage)
	}
	return greeting, p.conn.SetDeadline(time.Time{})
}

// stores reports whether sockets can be left for the next generation.
func (n notifier) stores() bool { return n.pipe != nil && n.pipe.store > 0 }

// follow listens to the supervisor until that is gone, which is not before the end of
// this process unless somebody ends the supervisor: then this process serves on.
func (n notifier) follow(drain func()) {
	if n.pipe == nil {
		return
	}
	go func() {
		defer close(n.pipe.lost)
		for {
			m, err := readPipeMessage(n.pipe.in)
			switch {
			case err != nil:
				return
			case m.Drain:
				drain()
			case m.Kept:
				select {
				case n.pipe.kept <- struct{}{}:
				case <-time.After(sendTimeout): // nobody has asked
				}
			}
		}
	}()
}

// send sends one notice.
func (n notifier) send(state string, _ syscall.Conn) error {
	if n.pipe == nil {
		return nil
	}
	n.pipe.mu.Lock()
	defer n.pipe.mu.Unlock()
	return n.pipe.write(pipeMessage{Notify: state})
}

func (p *pipe) write(m pipeMessage) error {
	if err := p.conn.SetWriteDeadline(time.Now().Add(sendTimeout)); err != nil {
		return fmt.Errorf("cannot notify the supervisor: %w", err)
	}
	if err := writePipeMessage(p.conn, m); err != nil {
		return fmt.Errorf("cannot notify the supervisor: %w", err)
	}
	return nil
}

// keep would leave a file to the next generation.
func (n notifier) keep(name string, _ syscall.Conn) error {
	return fmt.Errorf("cannot store %q: on Windows only sockets go to the next generation, those that Listen and ListenPacket make: %w", name, errors.ErrUnsupported)
}

// keepSocket leaves a socket to the next generation and returns when the supervisor
// has it.
func (n notifier) keepSocket(name string, handle int) error {
	info, err := sockets.Duplicate(handle, n.pipe.pid)
	if err != nil {
		return fmt.Errorf("cannot leave a socket with the supervisor: %w", err)
	}
	n.pipe.mu.Lock()
	defer n.pipe.mu.Unlock()
	notice := pipeMessage{Notify: "FDSTORE=1\nFDNAME=" + name + "\nFDPOLL=0", Socket: &pipeSocket{Name: name, Info: info}}
	if err := n.pipe.write(notice); err != nil {
		return err
	}
	select {
	case <-n.pipe.kept:
		return nil
	case <-n.pipe.lost:
		return errors.New("cannot leave a socket with the supervisor: it is gone")
	case <-time.After(sendTimeout):
		return fmt.Errorf("cannot leave a socket with the supervisor: no answer within %v", sendTimeout)
	}
}
