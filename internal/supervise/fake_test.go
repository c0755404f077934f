//go:build unix

package supervise

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/adopt"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// fakeWorld has processes that are goroutines' channels and nothing else.
type fakeWorld struct {
	mu   sync.Mutex
	pids int
	open []string // places of open sockets, in order

	checked map[int]int // how often, by PID
	trials  []Trial     // that were checked
}

func newFakeWorld() *fakeWorld { return &fakeWorld{checked: map[int]int{}} }

func (w *fakeWorld) Open(_ context.Context, a listener.Address) (Socket, error) {
	switch a.Addr {
	case "taken":
		return nil, &listener.InUseError{Address: a}
	case "slow":
		time.Sleep(time.Hour) // of virtual time
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open = append(w.open, a.Addr)
	return &fakeSocket{w, a}, nil
}

type fakeSocket struct {
	w *fakeWorld
	a listener.Address
}

func (k *fakeSocket) Address() listener.Address { return k.a }
func (k *fakeSocket) Permit(a listener.Address) error {
	if a.Owner == "nobody there" {
		return errors.New("unknown owner")
	}
	k.a = a
	return nil
}
func (k *fakeSocket) Bound() string { return k.a.Addr }
func (k *fakeSocket) FD() int       { return 100 }
func (k *fakeSocket) Close() error {
	k.w.mu.Lock()
	defer k.w.mu.Unlock()
	k.w.open = slices.DeleteFunc(k.w.open, func(s string) bool { return s == k.a.Addr })
	return nil
}

func (w *fakeWorld) held() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.open)
}

func (*fakeWorld) Build(context.Context, Service, io.Writer) (rebuild.Artifact, error) {
	return rebuild.Artifact{}, nil
}
func (*fakeWorld) Probe(context.Context, Service, Child) error { return nil }
func (*fakeWorld) Connections(of []adopt.Holder) ([]int, error) {
	counts := make([]int, len(of))
	for i, h := range of {
		for pid := range 2000 {
			if h.Contains(pid) {
				counts[i]++
			}
		}
	}
	return counts, nil
}
func (*fakeWorld) Tidy(Service, []string) {}
func (*fakeWorld) Artifacts(Service) ([]rebuild.Artifact, error) {
	return nil, nil
}
func (*fakeWorld) Artifact(Service, string) (rebuild.Artifact, error) {
	return rebuild.Artifact{}, nil
}
func (*fakeWorld) Record(Service, Record) error { return nil }
func (*fakeWorld) Back(Service) string          { return "" }

// Examine does as a preflight of that name would.
func (*fakeWorld) Examine(ctx context.Context, l Launch) error {
	switch l.Service.Preflight[1] {
	case "refuse":
		return errors.New("preflight service refuse: exit status 3: port is missing; giving up")
	case "stuck":
		<-ctx.Done()
		return fmt.Errorf("preflight service stuck: %w: still thinking", context.Cause(ctx))
	}
	return nil
}

// Check does as a command of that name would.
func (w *fakeWorld) Check(_ context.Context, s Service, all []Child) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch s.Ready.Exec[1] {
	case "ill":
		return errors.New("cannot probe by service: exit status 3: I am ill")
	case "ailing":
		if w.checked[all[0].PID()]++; w.checked[all[0].PID()] > 1 {
			return errors.New("cannot probe by service: exit status 3: I am ill")
		}
	}
	return nil
}

// CheckCanary does as a command of that name would.
func (w *fakeWorld) CheckCanary(ctx context.Context, t Trial) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trials = append(w.trials, t)
	switch t.Service.Canary[1] {
	case "ill":
		return errors.New("cannot probe by service: exit status 3: I am ill")
	case "ailing":
		if w.checked[t.Children[0].PID()]++; w.checked[t.Children[0].PID()] > 1 {
			return errors.New("cannot probe by service: exit status 3: I am ill")
		}
	}
	return nil
}

func (*fakeWorld) Watch(context.Context, Service, <-chan struct{}, func(bool), func(error)) error {
	return nil
}

func (w *fakeWorld) Start(_ context.Context, l Launch) (Child, error) {
	if l.Service.Command[0] == "/no/such/program" {
		return nil, &proc.StartError{Path: l.Service.Command[0], Err: syscall.ENOENT}
	}
	if l.Service.Args[0] == "late" {
		time.Sleep(time.Second) // of virtual time
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pids++
	c := &fakeChild{
		pid: 1000 + w.pids, started: time.Now(), behaviour: l.Service.Args[0],
		messages: make(chan handoff.Message, 10), gone: make(chan struct{}),
	}
	c.end = sync.OnceFunc(func() { close(c.gone) })
	heir := slices.ContainsFunc(l.Stored, func(n handoff.Named) bool { return n.Name == "kept" })
	c.begin(heir)
	return c, nil
}

type fakeChild struct {
	pid       int
	started   time.Time
	behaviour string
	messages  chan handoff.Message
	gone      chan struct{}
	end       func()
	signals   atomic.Int32 // that unasked was sent
	mu        sync.Mutex
	exit      proc.Exit
}

// unasked is how many signals fail to reach a child of that name.
const unasked = 3

func (c *fakeChild) begin(heir bool) {
	ready := handoff.Message{PID: c.pid, Notice: handoff.Notice{Ready: true}}
	switch c.behaviour {
	case "ready", "deaf", "hang", "late", "unasked":
		c.messages <- ready
	case "exit":
		c.exits(3, "exit status 3")
	case "done":
		c.exits(0, "exit status 0")
	case "forged":
		c.messages <- handoff.Message{PID: 1, Notice: handoff.Notice{Ready: true}}
	case "testament":
		ready.Notice.StatusSet = heir
		if heir {
			ready.Notice.Status = "heir"
		}
		c.messages <- ready
	case "store":
		c.stores()
		c.messages <- ready
	case "pioneer":
		if heir {
			c.exits(3, "exit status 3")
			return
		}
		c.stores()
		c.messages <- ready
	case "heir":
		if !heir {
			c.exits(3, "exit status 3")
			return
		}
		c.messages <- ready
	}
}

func (c *fakeChild) stores() {
	fd, _ := syscall.Dup(0)
	c.messages <- handoff.Message{PID: c.pid, Notice: handoff.Notice{Store: true, FDName: "kept", NoPoll: true}, FDs: []int{fd}}
}

func (c *fakeChild) exits(code int, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.exit.Reason == "" {
		c.exit = proc.Exit{Code: code, Reason: reason, Uptime: time.Since(c.started)}
		c.end()
	}
}

func (c *fakeChild) PID() int              { return c.pid }
func (c *fakeChild) Started() time.Time    { return c.started }
func (c *fakeChild) Contains(pid int) bool { return pid == c.pid }

func (c *fakeChild) Next() (handoff.Message, error) {
	if c.behaviour == "testament" {
		time.Sleep(time.Millisecond) // of virtual time: its messages arrive after its end
	}
	if c.behaviour == "unheard" {
		return handoff.Message{}, errors.New("cannot receive notifications: no memory")
	}
	select {
	case m := <-c.messages:
		return m, nil
	default:
	}
	select {
	case m := <-c.messages:
		return m, nil
	case <-c.gone:
		return handoff.Message{}, net.ErrClosed
	}
}

func (c *fakeChild) Signal(os.Signal) error {
	switch c.behaviour {
	case "testament":
		c.stores()
	case "unasked":
		if c.signals.Add(1) <= unasked {
			return syscall.EAGAIN
		}
	}
	if c.behaviour != "deaf" {
		c.exits(0, "exit status 0")
	}
	return nil
}

func (c *fakeChild) Kill() error { c.exits(-1, "signal: killed"); return nil }

func (c *fakeChild) Wait() proc.Exit {
	<-c.gone
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.exit
}
