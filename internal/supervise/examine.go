package supervise

import (
	"context"
	"fmt"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// examine finds out whether an artifact may start.
func (s *Supervisor) examine(v *service, f lifecycle.Examine) {
	g := v.gens[f.Generation]
	limit := g.spec.Policy.ReadyTimeout
	ctx, cancel := context.WithTimeoutCause(context.Background(), limit, fmt.Errorf("not done after %v", limit))
	g.cancelBuild = cancel
	l := Launch{Service: g.spec, Generation: g.number, Artifact: g.artifact}
	s.jobs.Go(func() {
		defer cancel()
		output := s.output(v.name, 0)
		l.Output = output
		reason := whyNot(s.world.Examine(ctx, l))
		output.Close()
		s.do(func() {
			if in := v.state.Incoming; in.Number == f.Generation && in.Cancelled {
				s.observe(Report{Service: v.name, Kind: Cancelled, Generation: f.Generation})
			}
			s.happen(v, lifecycle.Examined{Generation: f.Generation, Reason: reason})
		})
	})
}

// whyNot is an error as a reason, "" without one.
func whyNot(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
