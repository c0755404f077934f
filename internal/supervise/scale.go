package supervise

import (
	"cmp"
	"context"
	"fmt"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// Scaling is how a change of the number of workers ended. Its outcome is empty if
// there is no such service.
type Scaling struct {
	lifecycle.Verdict
	Configured int // workers as the settings name them
}

// FixedError is a service that cannot have more or fewer workers while it runs.
type FixedError struct{ Service, Why, Instead string }

func (e *FixedError) Error() string {
	return fmt.Sprintf("cannot scale service %s: %s", e.Service, e.Why)
}

// Hint says what to do instead.
func (e *FixedError) Hint() string { return e.Instead }

// Scale has a service run with that many workers, from 1, and returns when they are
// ready, or those that are too many have been told to drain. If one of them does not
// get ready, all is as before. The number holds until the settings name another one
// than they do now. When ctx ends, only the waiting does.
//
// Errors: *FixedError, ErrEnded.
func (s *Supervisor) Scale(ctx context.Context, name string, n int) (Scaling, error) {
	var denied error
	var configured int
	var wait chan lifecycle.Verdict
	err := s.ask(ctx, func() {
		v := s.services[name]
		if v == nil {
			return
		}
		if denied = v.fixed(); denied != nil {
			return
		}
		wait = make(chan lifecycle.Verdict, 1)
		s.tickets++
		s.askers[s.tickets] = wait
		configured = max(1, v.spec.Policy.Workers)
		s.happen(v, lifecycle.Scaled{Ticket: s.tickets, Workers: n})
	})
	if err != nil || denied != nil || wait == nil {
		return Scaling{}, cmp.Or(err, denied)
	}
	select {
	case verdict := <-wait:
		return Scaling{verdict, configured}, nil
	case <-ctx.Done():
		return Scaling{}, context.Cause(ctx)
	}
}

// ScaleAll gives each service more workers, or fewer if more is negative, but from 1
// to most. It does not wait for them.
func (s *Supervisor) ScaleAll(more, most int) {
	s.do(func() {
		for _, name := range s.order {
			if v := s.services[name]; v != nil {
				s.scaleBy(v, more, most)
			}
		}
	})
}

func (s *Supervisor) scaleBy(v *service, more, most int) {
	now := v.state.Workers()
	n := min(max(1, now+more), most)
	why := ""
	switch err := v.fixed(); {
	case err != nil:
		why = err.Error()
	case now == 0:
		why = "nothing serves that could have more or fewer workers"
	case n == now:
		why = fmt.Sprintf("it stays with %s", workers(now))
	}
	if why != "" {
		s.observe(Report{Service: v.name, Kind: Notice, Text: why})
		return
	}
	s.happen(v, lifecycle.Scaled{Workers: n})
}

// fixed says why a service cannot be scaled.
func (v *service) fixed() error {
	switch {
	case v.spec.Policy.Once:
		return &FixedError{v.name, "it is done when it ends (once)", "set workers in the config, and reload"}
	case v.spec.adopts() && len(v.table.Learnt()) > 0:
		// What waits in the queue of one worker no other can accept.
		return &FixedError{v.name, "its sockets are adopted, and connections that wait for a worker which leaves would be lost",
			"let the supervisor hold its sockets (listen)"}
	}
	return nil
}

func (s *Supervisor) reportScaled(v *service, verdict lifecycle.Verdict) {
	r := Report{Service: v.name, Kind: Scaled, Generation: verdict.Serving, Text: workers(verdict.Workers)}
	if verdict.Outcome != lifecycle.Rescale {
		r.Kind, r.Text = NotScaled, string(verdict.Outcome)
		if verdict.Reason != "" {
			r.Text = verdict.Reason
		}
		if verdict.Workers > 0 {
			r.Text += "; " + workers(verdict.Workers) + ", as before"
		}
	}
	s.observe(r)
}

func workers(n int) string {
	if n == 1 {
		return "1 worker"
	}
	return fmt.Sprintf("%d workers", n)
}
