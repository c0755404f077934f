package prove

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// Supervisor runs the service; *control.Client is one.
type Supervisor interface {
	Status(context.Context) (control.Status, error)
	Reload(context.Context, []string) ([]control.Result, error)
	Events(context.Context, []string, func(control.Event) error) error
}

// Options say what to prove.
type Options struct {
	Supervisor Supervisor
	Service    string
	Handoffs   int      // how many; default 20
	Paths      []string // what to ask for where HTTP is spoken; default "/"
	Rate       float64  // requests a second in all; default 1000
	// Progress, if set, is told of each step, in the goroutine of Run.
	Progress func(string)

	world world // zero: the network as it is
}

// world is what reaches the sockets of the service.
type world struct {
	survey func(context.Context, []control.Socket, []string) ([]Way, []string, error)
	fire   func(context.Context, load.Config) error
}

const (
	// lull is how long the service is left alone before, between and after handoffs,
	// so that there is something to compare them with.
	lull = 500 * time.Millisecond
	// glance is how often the status is asked while an old generation drains, in case
	// an event was missed.
	glance = time.Second
	// clients are as many for each way that connects anew.
	clients = 4
	// pace is how often a client asks that keeps its connection: often enough to be told
	// in an answer that the connection will be closed (pkg/handoff does so for half a
	// second), and seldom enough to be idle in between (internal/adopt waits for that).
	pace = 400 * time.Millisecond
	// timeout is how long a request may take.
	timeout = 10 * time.Second
)

func (o Options) complete() Options {
	if o.Handoffs == 0 {
		o.Handoffs = 20
	}
	if len(o.Paths) == 0 {
		o.Paths = []string{"/"}
	}
	if o.Rate == 0 {
		o.Rate = 1000
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	if o.world.survey == nil {
		o.world.survey = survey
	}
	if o.world.fire == nil {
		o.world.fire = func(ctx context.Context, c load.Config) error {
			_, err := load.Run(ctx, c)
			return err
		}
	}
	return o
}

// Run hands the service off under load, as often as o says, until a handoff comes to
// nothing, or until ctx ends. Then the Report is of what was seen until then; requests
// that are under way are finished, which takes 10 s at most. An error says that
// nothing could be shown.
func Run(ctx context.Context, o Options) (Report, error) {
	p := &prover{Options: o.complete()}
	if err := p.look(ctx); err != nil {
		return Report{}, err
	}
	p.begun = time.Now()
	listening, deaf := context.WithCancel(context.Background())
	firing, cease := context.WithCancel(context.Background())
	p.events, p.silent = make(chan control.Event), make(chan error, 1)
	var jobs, guns sync.WaitGroup
	jobs.Go(func() { p.silent <- p.listen(listening) })
	series := make([]series, len(p.ways))
	for i := range series {
		guns.Go(func() { p.fire(firing, &series[i], i) })
	}
	err := p.handOff(ctx)
	cease()
	guns.Wait()
	deaf()
	jobs.Wait()
	for _, s := range series {
		err = errors.Join(err, s.err)
	}
	if err != nil {
		return Report{}, err
	}
	r := assemble(p.ways, series, p.handoffs)
	r.Service, r.Asked, r.Notes, r.Interrupted = p.Service, p.Handoffs, p.notes, ctx.Err() != nil
	r.conclude()
	return r, nil
}

// prover is one Run.
type prover struct {
	Options
	ways     []Way
	notes    []string
	begun    time.Time
	serving  int // the generation
	handoffs []Handoff
	events   chan control.Event
	silent   chan error // there are no more events
}

// look finds what serves, and what can be asked there.
func (p *prover) look(ctx context.Context) error {
	st, err := p.Supervisor.Status(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(st.Services, func(s control.Service) bool { return s.Name == p.Service })
	if i < 0 {
		return fmt.Errorf("cannot prove %s: there is no such service", p.Service)
	}
	if p.serving = serves(st.Services[i]); p.serving == 0 {
		return fmt.Errorf("cannot prove %s: nothing serves", p.Service)
	}
	p.ways, p.notes, err = p.world.survey(ctx, st.Services[i].Sockets, p.Paths)
	switch {
	case err != nil:
		return fmt.Errorf("cannot prove %s: %w", p.Service, err)
	case len(p.ways) == 0:
		return &NoSocketError{p.Service}
	}
	for _, w := range p.ways {
		p.Progress("load: " + w.String())
	}
	return nil
}

// NoSocketError is a service at which no load can be aimed.
type NoSocketError struct{ Service string }

func (e *NoSocketError) Error() string {
	return fmt.Sprintf("cannot prove %s: it listens on no tcp and no unix socket that the supervisor knows of", e.Service)
}

// Hint says what to do about it.
func (e *NoSocketError) Hint() string {
	return "give it a socket with --listen, or listen in the config"
}

// serves is the generation in service, 0 if there is none.
func serves(s control.Service) int {
	for _, g := range s.Generations {
		if g.Phase == string(lifecycle.Serving) {
			return g.Number
		}
	}
	return 0
}

func (p *prover) listen(ctx context.Context) error {
	return p.Supervisor.Events(ctx, []string{p.Service}, func(e control.Event) error {
		if d := time.Since(e.Time); d < 0 || d > time.Second {
			e.Time = time.Now() // the clock was set, or there is none
		}
		select {
		case p.events <- e:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// fire loads the service in one way until ctx ends.
func (p *prover) fire(ctx context.Context, s *series, way int) {
	c := p.ways[way].config()
	c.Workers, c.Rate, c.Timeout = clients, p.Rate/float64(len(p.ways)), timeout
	if p.ways[way].kept() {
		c.Workers = max(clients, int(c.Rate*pace.Seconds()))
	}
	c.Each = func(r load.Request) { s.add(r, p.begun) }
	s.err = p.world.fire(ctx, c)
}

// handOff hands off as often as is asked for.
func (p *prover) handOff(ctx context.Context) error {
	for n := 1; n <= p.Handoffs; n++ {
		if ended, err := p.rest(ctx); ended || err != nil {
			return err
		}
		h := Handoff{Number: n, Old: p.serving, Asked: p.now()}
		err := p.once(ctx, &h)
		p.handoffs = append(p.handoffs, h)
		if err != nil || ctx.Err() != nil {
			return err
		}
		p.Progress(h.sentence(p.Handoffs))
		if !h.promoted() {
			break
		}
	}
	_, err := p.rest(ctx)
	return err
}

// rest lets a lull pass.
func (p *prover) rest(ctx context.Context) (ended bool, err error) {
	timer := time.NewTimer(lull)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			return false, nil
		case <-ctx.Done():
			return true, nil
		case <-p.events:
		case err := <-p.silent:
			return true, p.gone(err)
		}
	}
}

func (p *prover) now() control.Millis { return control.Millis(time.Since(p.begun)) }

func (p *prover) gone(err error) error {
	if err == nil {
		err = control.ErrNoSupervisor
	}
	return fmt.Errorf("cannot go on: the supervisor has ended: %w", err)
}

type answer struct {
	results []control.Result
	err     error
}

// once asks for one handoff and returns when the old generation is gone, or ctx ends:
// then the supervisor finishes it alone.
func (p *prover) once(ctx context.Context, h *Handoff) error {
	answers := make(chan answer, 1)
	asking, enough := context.WithCancel(ctx)
	var job sync.WaitGroup
	job.Go(func() {
		results, err := p.Supervisor.Reload(asking, []string{p.Service})
		answers <- answer{results, err}
	})
	defer job.Wait()
	defer enough()
	look := time.NewTicker(glance)
	defer look.Stop()
	for !h.over() {
		select {
		case e := <-p.events:
			h.note(e, control.Millis(e.Time.Sub(p.begun)))
		case a := <-answers:
			switch {
			case ctx.Err() != nil:
				return nil
			case a.err != nil:
				return a.err
			}
			p.decided(h, a.results)
		case <-look.C:
			p.glance(ctx, h)
		case <-ctx.Done():
			return nil
		case err := <-p.silent:
			return p.gone(err)
		}
	}
	return nil
}

func (p *prover) decided(h *Handoff, results []control.Result) {
	for _, r := range results {
		if r.Service == p.Service {
			h.Outcome, h.Reason, h.Verdict = r.Verdict.Decisive(), r.Verdict.Reason, p.now()
			p.serving = r.Verdict.Serving
		}
	}
	if h.Outcome == "" {
		h.Outcome, h.Verdict = lifecycle.Ended, p.now()
	}
}

// glance sees by the status whether the old generation is gone.
func (p *prover) glance(ctx context.Context, h *Handoff) {
	st, err := p.Supervisor.Status(ctx)
	if err != nil || h.Outcome == "" {
		return
	}
	for _, s := range st.Services {
		there := slices.ContainsFunc(s.Generations, func(g control.Generation) bool { return g.Number == h.Old })
		if s.Name == p.Service && !there && h.Drained == 0 {
			h.Drained = p.now()
		}
	}
}
