package supervise

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/adopt"
	"github.com/seed-27ba25bb/supervisor/internal/cgroup"
	"github.com/seed-27ba25bb/supervisor/internal/probe"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// System is the World as it is.
type System struct {
	// Dir holds the sockets on which processes send their messages. It must be
	// private to the supervisor's user, and empty.
	Dir string
	// OpenSocket opens sockets; nil: listener.Open does. No two calls overlap.
	OpenSocket func(context.Context, listener.Address) (Socket, error)
	// Family begins the marks of all processes, for the supervisor that follows one
	// that was killed. It must not come again.
	Family string
	// Sink returns where a process writes whose service says so.
	Sink func(Launch) (Sink, error)
	// Groups begins the names of the control groups that are made; empty: "supervisor".
	// What begins so and was left by one that is gone is removed.
	Groups string
	// Guardian, if set, ends all processes when the supervisor is killed.
	Guardian *proc.Guardian
	// Prepared, if set, is called when something has been prepared for a next build,
	// long after the last report: what that took of memory is not needed any more.
	Prepared func()

	builders builders
	launcher proc.Launcher
	null     *os.File
	jobs     sync.WaitGroup
	sockets  atomic.Int64 // how many were made: no two have one name
}

// Sink is where one process writes. It takes all that is written, also when this
// program has ended.
type Sink interface {
	// FD is the standard output and error of the process, until Started.
	FD() int
	// Started: the process has it, or never will.
	Started()
	// Close is called when the process is gone. It returns when all is written that it
	// printed, or after a time.
	Close(within time.Duration)
}

// NewSystem makes Dir and what all processes share. Call Close in the end.
func NewSystem(dir string, g *proc.Guardian) (*System, error) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, fmt.Errorf("cannot open the standard input of services: %w", err)
	}
	if err := layOut(dir); err != nil {
		null.Close()
		return nil, fmt.Errorf("cannot make the directory of notify sockets: %w", err)
	}
	return &System{Dir: dir, Guardian: g, launcher: proc.Launcher{Guard: g}, null: null}, nil
}

// Close ends what is prepared for the next build, and removes Dir. No process may run any more.
func (y *System) Close() error {
	y.null.Close()
	y.jobs.Wait()
	cgroup.Sweep(y.groups())
	return os.RemoveAll(y.Dir)
}

// Open binds a socket.
func (y *System) Open(ctx context.Context, a listener.Address) (Socket, error) {
	if y.OpenSocket != nil {
		return y.OpenSocket(ctx, a)
	}
	s, err := listener.Open(ctx, a)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Start runs a process of a service.
func (y *System) Start(ctx context.Context, l Launch) (Child, error) {
	if err := l.Service.Settings.Supported(); err != nil {
		return nil, err
	}
	messages, err := y.receive(l.Service)
	if err != nil {
		return nil, err
	}
	c := &child{messages: messages}
	if c.group, err = y.group(l.Service); err == nil {
		err = c.start(ctx, y, l)
		c.group.Joined()
	}
	if err != nil {
		messages.Close()
		return nil, errors.Join(err, c.group.Remove())
	}
	c.adopt(l)
	return c, nil
}

// Probe asks until the process answers.
func (y *System) Probe(ctx context.Context, s Service, c Child) error {
	return probe.Until(ctx, func(ctx context.Context) error {
		switch {
		case s.Ready.By == "http" && s.Ready.Own:
			return probe.HTTPOn(ctx, s.Ready.HTTP, dialed(c))
		case s.Ready.By == "http":
			return probe.HTTP(ctx, s.Ready.HTTP, c.Contains)
		case s.Ready.By == "tcp" && s.Ready.Own:
			return nil // which every such process is asked anyway
		case s.Ready.By == "tcp":
			return probe.TCP(ctx, s.Ready.TCP, c.Contains)
		}
		return probe.Exec(ctx, s.Ready.Exec, s.Dir, asked(s, c))
	})
}

// asked is the environment of a program that asks how a child is.
func asked(s Service, c Child) []string {
	p := portsOf(c)
	s = s.ported(p)
	return environment(s, c.PID(), s.portEnv(p)...)
}

// Connections asks the kernel.
func (y *System) Connections(of []adopt.Holder) ([]int, error) { return adopt.Connections(of) }
