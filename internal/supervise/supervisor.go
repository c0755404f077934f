package supervise

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// Options are what a Supervisor works with.
type Options struct {
	World World
	// Observe is told what happens, in the loop: it must not block or call back.
	Observe func(Report)
	// Changed, if set, is told that Standing returns another one now, in the loop.
	Changed func()
	// Recorded, if set, returns when what Standing returned at the call is on record, or
	// cannot be, or ctx ends. It is called outside the loop.
	Recorded func(context.Context)
	// Former is what a supervisor that is gone has left: the first Apply takes it over.
	Former []Former
	// Output takes the lines that a generation of a service, or a build (0), prints.
	Output func(service string, generation int) io.WriteCloser
	// Legacies are what a supervisor before this one has left. Run closes what is in them.
	Legacies []Legacy
	// Succeeds says that a supervisor before this one is in charge, see Steer.
	Succeeds bool
}

// ErrEnded says that the supervisor has ended, or is about to.
var ErrEnded = errors.New("the supervisor is stopping")

// Supervisor supervises services until it is told to stop.
type Supervisor struct {
	world   World
	observe func(Report)
	changed func()
	record  func(context.Context)
	output  func(string, int) io.WriteCloser

	calls    chan func()    // into the loop, which runs one after the other
	done     chan struct{}  // closed when the loop has ended
	jobs     sync.WaitGroup // every goroutine that performs an effect
	applying chan struct{}  // held by the one Apply that may run

	// What follows belongs to the loop.
	services map[string]*service
	order    []string // names as the config lists them
	sockets  map[string]Socket
	tickets  lifecycle.Ticket
	askers   map[lifecycle.Ticket]chan<- lifecycle.Verdict
	answers  []func()  // of this turn, for when it is over
	coming   []Service // what an Apply under way will need
	former   []Former  // what is to be taken over
	stopping bool
	legacies map[string]Legacy // by service, until it is there
	waits    bool              // new connections are another supervisor's, see Steer
}

// New returns a Supervisor without services, for Run.
func New(o Options) *Supervisor {
	changed := o.Changed
	if changed == nil {
		changed = func() {}
	}
	return &Supervisor{
		world: o.World, observe: o.Observe, output: o.Output, changed: changed, record: o.Recorded, former: o.Former,
		calls: make(chan func()), done: make(chan struct{}), applying: make(chan struct{}, 1),
		services: map[string]*service{}, sockets: map[string]Socket{},
		askers: map[lifecycle.Ticket]chan<- lifecycle.Verdict{}, legacies: byService(o.Legacies),
		waits: o.Succeeds,
	}
}

// Run is the loop. It returns when Stop or Kill was called, or ctx ended, and
// nothing is left: no process, no build, no socket, no goroutine.
func (s *Supervisor) Run(ctx context.Context) {
	s.jobs.Go(func() {
		select {
		case <-ctx.Done():
			s.Stop()
		case <-s.done:
		}
	})
	for !s.ended() {
		f := <-s.calls
		f()
		s.sendAnswers()
	}
	close(s.done)
	s.jobs.Wait()
	s.disown()
	for _, k := range s.sockets {
		k.Close()
	}
	s.observe(Report{Kind: Stopped})
}

func (s *Supervisor) ended() bool {
	for _, v := range s.services {
		if !v.state.Stopped {
			return false
		}
	}
	return s.stopping
}

// do has the loop call f, and does not wait for it. Calls of one goroutine keep
// their order. After the end of the loop f is dropped.
func (s *Supervisor) do(f func()) bool {
	select {
	case s.calls <- f:
		return true
	case <-s.done:
		return false
	}
}

// ask has the loop call f and waits for that.
func (s *Supervisor) ask(ctx context.Context, f func()) error {
	called := make(chan struct{})
	select {
	case s.calls <- func() { f(); close(called) }:
		<-called
		return nil
	case <-s.done:
		return ErrEnded
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Stop drains everything. It returns at once; Run returns when it is done.
func (s *Supervisor) Stop() { s.end(lifecycle.Stop{}) }

// Kill ends everything now.
func (s *Supervisor) Kill() { s.end(lifecycle.Kill{}) }

func (s *Supervisor) end(e lifecycle.Event) {
	s.do(func() {
		if !s.stopping {
			s.observe(Report{Kind: Stopping})
		}
		s.stopping = true
		for _, v := range s.services {
			v.reborn = nil
			s.happen(v, e)
		}
	})
}
