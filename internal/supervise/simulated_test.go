//go:build unix

package supervise

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/adopt"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// simulated is a world in which whatever happens, and how long it takes, follows from
// the seed and what it is about, and not from who comes first. No two things take the
// same time.
type simulated struct {
	s     *Supervisor
	seed  uint64
	began time.Time
	asked sync.WaitGroup // those who wait for a verdict

	mu       sync.Mutex
	well     bool // nothing fails
	starts   map[string]int
	builds   int
	kept     []rebuild.Artifact
	children []*simChild
	serving  int // the generation that serves, as reported last
	stops    bool
	outcomes []lifecycle.Outcome
	told     []string
	events   int
	wrong    error
}

// chance is a number below n that follows from the seed and what it is about.
func (w *simulated) chance(n int, about ...any) int {
	h := fnv.New64a()
	fmt.Fprint(h, w.seed, about)
	return int(h.Sum64() >> 1 % uint64(n))
}

// lasts is how long something takes, of at most that.
func (w *simulated) lasts(most time.Duration, about ...any) time.Duration {
	return time.Duration(w.chance(int(most), append(about, "lasts")...)) + 1
}

// fails: one in n does, until all is to go well.
func (w *simulated) fails(n int, about ...any) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.well && w.chance(n, append(about, "fails")...) == 0
}

func (w *simulated) blame(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.blameLocked(format, args...)
}

// blameLocked keeps what went wrong first.
func (w *simulated) blameLocked(format string, args ...any) {
	if w.wrong == nil {
		w.wrong = fmt.Errorf("after %v: "+format, append([]any{time.Since(w.began)}, args...)...)
	}
}

// observe is called in the loop.
func (w *simulated) observe(r Report) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = append(w.told, fmt.Sprintf("%v %s %d %s", time.Since(w.began), r.Kind, r.Generation, r.Text))
	switch r.Kind {
	case Serving:
		if now := w.s.services["web"].state.Serving; now.Number != r.Generation || !now.Ready() {
			w.blameLocked("generation %d serves, and is not ready: %+v", r.Generation, now.Procs)
		}
		w.serving = r.Generation
	case Stopping:
		w.stops = true
	}
}

func (w *simulated) verdicts() map[lifecycle.Outcome]int {
	all := map[lifecycle.Outcome]int{}
	for _, o := range w.outcomes {
		all[o]++
	}
	return all
}

func (w *simulated) alive() (all []*simChild) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.children {
		if !c.ended {
			all = append(all, c)
		}
	}
	return all
}

func (w *simulated) Open(_ context.Context, a listener.Address) (Socket, error) {
	return nil, errors.New("there are no sockets here")
}

func (w *simulated) Build(ctx context.Context, _ Service, _ io.Writer) (rebuild.Artifact, error) {
	w.mu.Lock()
	w.builds++
	n := w.builds
	w.mu.Unlock()
	if err := pause(ctx, w.lasts(3*time.Second, "build", n)); err != nil {
		time.Sleep(w.lasts(time.Millisecond, "cancelled", n)) // until its processes are gone
		return rebuild.Artifact{}, err
	}
	if w.fails(8, "build", n) {
		return rebuild.Artifact{}, errors.New("main.go:1:1: broken")
	}
	a := rebuild.Artifact{Hash: fmt.Sprint("artifact ", n)}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kept = slices.Insert(w.kept, 0, a)
	return a, nil
}

func (w *simulated) Artifacts(Service) ([]rebuild.Artifact, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.kept), nil
}

func (w *simulated) Artifact(_ Service, hash string) (rebuild.Artifact, error) {
	all, _ := w.Artifacts(Service{})
	for _, a := range all {
		if a.Hash == hash {
			return a, nil
		}
	}
	return rebuild.Artifact{}, os.ErrNotExist
}

func (w *simulated) Record(_ Service, r Record) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.kept {
		switch w.kept[i].Hash {
		case r.Served:
			w.kept[i].Served = r.At
		case r.Withdrawn:
			w.kept[i].Served = time.Time{}
		}
	}
	return nil
}

func (*simulated) Back(Service) string                         { return "" }
func (*simulated) Tidy(Service, []string)                      {}
func (*simulated) Connections([]adopt.Holder) ([]int, error)   { return nil, errors.ErrUnsupported }
func (*simulated) Probe(context.Context, Service, Child) error { return nil }
func (*simulated) Watch(context.Context, Service, <-chan struct{}, func(bool), func(error)) error {
	return nil
}

// answer takes a while, and may be a bad one.
func (w *simulated) answer(ctx context.Context, about ...any) error {
	if err := pause(ctx, w.lasts(time.Second, about...)); err != nil {
		time.Sleep(w.lasts(time.Millisecond, about...))
		return err
	}
	if w.fails(12, about...) {
		return errors.New("exit status 1")
	}
	return nil
}

// again counts how often something has been asked for.
func (w *simulated) again(what string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.starts[what]++
	return w.starts[what]
}

func (w *simulated) Examine(ctx context.Context, l Launch) error {
	return w.answer(ctx, "examine", l.Generation)
}

func (w *simulated) Check(ctx context.Context, _ Service, all []Child) error {
	generation := 0
	if len(all) > 0 {
		generation = all[0].(*simChild).generation
	}
	return w.answer(ctx, "check", generation, w.again(fmt.Sprint("check", generation)))
}

func (w *simulated) CheckCanary(ctx context.Context, t Trial) error {
	return w.answer(ctx, "canary", t.Generation, w.again(fmt.Sprint("canary", t.Generation)))
}

func (w *simulated) Start(ctx context.Context, l Launch) (Child, error) {
	nth := w.again(fmt.Sprint("start", l.Generation, " ", l.Slot))
	about := []any{"start", l.Generation, l.Slot, nth}
	if err := pause(ctx, w.lasts(50*time.Millisecond, about...)); err != nil {
		time.Sleep(w.lasts(time.Millisecond, about...))
		return nil, err
	}
	if w.fails(30, about...) {
		return nil, errors.New("cannot start it")
	}
	c := &simChild{
		w: w, about: about, generation: l.Generation, began: time.Now(),
		messages: make(chan handoff.Message, 10), gone: make(chan struct{}),
	}
	w.mu.Lock()
	w.children = append(w.children, c)
	c.pid = 1000 + w.chance(1_000_000, about...)
	w.mu.Unlock()
	c.lives()
	return c, nil
}

// simChild is a process that lives, and ends, as the seed wants.
type simChild struct {
	w          *simulated
	about      []any
	generation int
	pid        int
	began      time.Time
	messages   chan handoff.Message
	gone       chan struct{}

	// Of the world's lock.
	ready, asked, ended bool
	exit                proc.Exit
}

func (c *simChild) is(what string) []any { return append(slices.Clone(c.about), what) }

func (c *simChild) lives() {
	w := c.w
	if w.fails(15, c.is("never ready")...) {
		return
	}
	time.AfterFunc(w.lasts(5*time.Second, c.is("ready")...), func() {
		w.mu.Lock()
		c.ready = !c.ended
		w.mu.Unlock()
		c.messages <- handoff.Message{PID: c.pid, Notice: handoff.Notice{Ready: true}}
	})
	if w.fails(6, c.is("crash")...) {
		time.AfterFunc(w.lasts(30*time.Second, c.is("crash")...), func() {
			w.mu.Lock()
			well := w.well
			w.mu.Unlock()
			if !well {
				c.exits(1, "exit status 1")
			}
		})
	}
}

func (c *simChild) exits(code int, reason string) {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	if c.ended {
		return
	}
	c.ended, c.ready = true, false
	c.exit = proc.Exit{Code: code, Reason: reason, Uptime: time.Since(c.began)}
	close(c.gone)
}

func (c *simChild) PID() int              { return c.pid }
func (c *simChild) Started() time.Time    { return c.began }
func (c *simChild) Contains(pid int) bool { return pid == c.pid }

func (c *simChild) Next() (handoff.Message, error) {
	select {
	case m := <-c.messages:
		return m, nil
	case <-c.gone:
		return handoff.Message{}, net.ErrClosed
	}
}

// Signal: what serves is told to leave only when there is somebody else to serve.
func (c *simChild) Signal(os.Signal) error {
	w := c.w
	w.mu.Lock()
	others := slices.ContainsFunc(w.children, func(o *simChild) bool { return o != c && o.ready && !o.asked })
	if c.ready && c.generation <= w.serving && !others && !w.stops {
		w.blameLocked("the last process that serves, of generation %d, is told to leave", c.generation)
	}
	c.asked = true
	w.mu.Unlock()
	if !w.fails(10, c.is("deaf")...) {
		time.AfterFunc(w.lasts(10*time.Second, c.is("drains")...), func() { c.exits(0, "exit status 0") })
	}
	return nil
}

func (c *simChild) Kill() error {
	time.AfterFunc(c.w.lasts(time.Millisecond, c.is("killed")...), func() { c.exits(-1, "signal: killed") })
	return nil
}

func (c *simChild) Wait() proc.Exit {
	<-c.gone
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	return c.exit
}
