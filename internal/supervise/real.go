package supervise

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/seed-27ba25bb/supervisor/internal/probe"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// System is the World as it is.
type System struct {
	// Dir holds the sockets on which processes send their messages. It must be
	// private to the supervisor's user, and empty.
	Dir string
	// Guardian, if set, ends all processes when the supervisor is killed.
	Guardian *proc.Guardian

	launcher proc.Launcher
	null     *os.File
}

// NewSystem makes Dir and what all processes share. Call Close in the end.
func NewSystem(dir string, g *proc.Guardian) (*System, error) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, fmt.Errorf("cannot open the standard input of services: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		null.Close()
		return nil, fmt.Errorf("cannot make the directory of notify sockets: %w", err)
	}
	return &System{Dir: dir, Guardian: g, launcher: proc.Launcher{Guard: g}, null: null}, nil
}

// Close ends what waits for the next process. No process may run any more.
func (y *System) Close() error {
	y.launcher.Close()
	y.null.Close()
	return os.RemoveAll(y.Dir)
}

// Prepare has a launcher start.
func (y *System) Prepare() { y.launcher.Prepare() }

// Open binds a socket.
func (y *System) Open(ctx context.Context, a listener.Address) (Socket, error) {
	s, err := listener.Open(ctx, a)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Build runs the service's build.
func (y *System) Build(ctx context.Context, s Service, output io.Writer) (rebuild.Artifact, error) {
	s.Build.Sink = output
	b, err := rebuild.New(s.Build)
	if err != nil {
		return rebuild.Artifact{}, err
	}
	return b.Build(ctx)
}

// Tidy removes old artifacts. What cannot be removed now can be next time.
func (y *System) Tidy(s Service, inUse []string) {
	if b, err := rebuild.New(s.Build); err == nil {
		b.Prune(inUse...)
	}
}

// Start runs a process of a service.
func (y *System) Start(ctx context.Context, l Launch) (Child, error) {
	messages, err := handoff.Receive(filepath.Join(y.Dir, fmt.Sprintf("%.16s-%d.%d", l.Service.Name, l.Generation, l.Proc)))
	if err != nil {
		return nil, err
	}
	c := &child{messages: messages}
	if err := c.start(ctx, y, l); err != nil {
		messages.Close()
		return nil, err
	}
	return c, nil
}

// Probe asks until the process answers.
func (y *System) Probe(ctx context.Context, s Service, c Child) error {
	return probe.Until(ctx, func(ctx context.Context) error {
		switch s.Ready.By {
		case "http":
			return probe.HTTP(ctx, s.Ready.HTTP, c.Contains)
		case "tcp":
			return probe.TCP(ctx, s.Ready.TCP, c.Contains)
		}
		return probe.Exec(ctx, s.Ready.Exec, s.Dir, environment(s, c.PID()))
	})
}
