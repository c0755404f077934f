package supervise

import (
	"cmp"
	"context"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/adopt"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// adopts reports whether what the service binds for itself is to be handed over. A
// probe that asks at the service's own address would be answered by the generation
// that serves, and never by the one that is to be ready.
func (s Service) adopts() bool {
	return !s.Restart && !s.Overlap && s.Relay == nil && len(s.Sockets) == 0 && s.Ready.By != "http" && s.Ready.By != "tcp"
}

// table is for the sockets that processes of a service bind.
func (s *Supervisor) table(name string) *adopt.Table {
	return adopt.NewTable(func(n adopt.Notice) {
		s.do(func() {
			s.observe(Report{Service: name, Kind: Notice, Generation: n.Generation, PID: n.PID, Text: n.Text})
		})
	})
}

// adoption is the table for a new process, nil if what it binds is its own affair.
func (v *service) adoption(spec Service) *adopt.Table {
	if !spec.adopts() || v.table.Refused() != nil {
		return nil
	}
	return v.table
}

// aim sends new connections to the generation that is to get them: the one that
// serves, or the one that is tried.
func (s *Supervisor) aim(v *service) {
	if s.waits {
		return // another supervisor's generations get them
	}
	s.passOn(v)
	if err := s.steer(v); err != nil {
		s.observe(Report{Service: v.name, Kind: Notice, Generation: cmp.Or(v.aimed.tried, v.aimed.at), Text: err.Error()})
	}
}

func (s *Supervisor) steer(v *service) error {
	to := v.direction()
	if to.at == 0 || to == v.aimed {
		return nil
	}
	v.aimed = to
	if to.tried != 0 {
		return v.table.Try(to.at, to.tried, to.share)
	}
	return v.table.Steer(to.at)
}

// direction is where new connections go.
type direction struct {
	at    int // the generation that gets them
	tried int // the one that gets a share of them, in percent; 0: none does
	share int
}

func (v *service) direction() direction {
	in, to := v.state.Incoming, direction{at: v.state.Serving.Number}
	switch in.Phase {
	case lifecycle.Trying:
		to.tried, to.share = in.Number, in.Request.Policy.Canary.Share
	case lifecycle.Confirming:
		to.at = in.Number
	}
	return to
}

// cannotAdopt says once why a service is stopped before its next version starts.
func (s *Supervisor) cannotAdopt(v *service, spec Service) {
	if v.stopsFirst || !spec.adopts() || v.state.Serving.Number == 0 {
		return
	}
	if err := v.table.Obstacle(); err != nil {
		v.stopsFirst = true
		s.observe(Report{Service: v.name, Kind: Notice, Text: err.Error()})
	}
}

// quiesce waits until a process that gets no new connections is done with those
// that it has, before it is asked to drain: it may end at once. Of the time that
// it has for its drain a part is left.
func (s *Supervisor) quiesce(v *service, f lifecycle.Terminate, p *process) {
	g := v.gens[f.Generation]
	limit := g.spec.Policy.DrainTimeout * 9 / 10
	ctx, cancel := context.WithTimeout(p.life, limit)
	stop := func() bool { return true }
	if g.spec.Relay == nil { // no new connections come where they are passed on
		stop = context.AfterFunc(v.patience, cancel)
	}
	s.jobs.Go(func() {
		defer cancel()
		defer stop()
		began := time.Now()
		err := v.rest(ctx, g.spec, f)
		s.recorded(ctx)
		s.do(func() {
			if v.process(f.Generation, f.Proc) != p {
				return // it has ended meanwhile, and its generation may be forgotten
			}
			if err != nil && time.Since(began) >= limit {
				s.observe(Report{Service: v.name, Kind: Notice, Generation: f.Generation, PID: p.pid(),
					Text: "it is asked to drain with requests under way: they took " + limit.String()})
			}
			if !p.killed {
				s.askToDrain(v, f, p)
			}
		})
	})
}

// listening is closed when the process listens where the one before did; nil if
// that is not known.
func (r *run) listening(ctx context.Context) <-chan struct{} {
	var await func() error
	switch t := r.launch.Adopt; {
	case r.launch.Service.Relay != nil:
		await = func() error { return r.connected(ctx) }
	case t != nil:
		await = func() error { return t.Await(ctx, r.owner(), r.launch.Service.Ready.After) }
	default:
		return nil
	}
	listens := make(chan struct{})
	r.s.jobs.Go(func() {
		if await() == nil {
			close(listens)
		}
	})
	return listens
}

func (r *run) owner() adopt.Owner { return adopt.Owner{Generation: r.generation, Proc: r.id} }

// replaces reports whether the process has to listen in place of another.
func (r *run) replaces() bool {
	return r.launch.Service.Relay != nil || r.launch.Adopt != nil && r.launch.Adopt.Expects(r.generation)
}

// missed says what a process that is alive is waited for.
func (r *run) missed() {
	if r.launch.Service.Relay != nil {
		r.unconnected()
		return
	}
	at := learnt(r.launch.Adopt)
	r.s.do(func() {
		r.s.observe(Report{Service: r.v.name, Kind: Notice, Generation: r.generation,
			Text: "it does not listen at " + at + " yet, as the version before does; it has until ready.timeout"})
	})
}

// confirmed: whatever showed that the process is ready, it must listen by now, and
// nobody else where it does.
func (r *run) confirmed(ctx context.Context, by string) error {
	if r.launch.Service.Relay != nil {
		return r.connected(ctx)
	}
	if by != "notify" && r.replaces() {
		if err := wait(ctx, r.listening(ctx)); err != nil {
			return err
		}
	}
	if r.launch.Adopt == nil {
		return nil
	}
	return r.launch.Adopt.Check(r.generation)
}
