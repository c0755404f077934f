package supervise

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// check asks a generation that is to be confirmed whether it is well.
func (s *Supervisor) check(v *service, f lifecycle.Check) {
	g := v.gens[f.Generation]
	spec, all := g.spec, g.children()
	within := spec.Policy.ReadyTimeout
	ask := func(ctx context.Context) error { return s.world.Check(ctx, spec, all) }
	if v.state.Incoming.Phase == lifecycle.Trying {
		ask = s.asksCanary(v, g)
	}
	// A service that is to end is not waited for.
	ctx, cancel := context.WithTimeoutCause(v.patience, within, fmt.Errorf("no good answer within %v", within))
	s.jobs.Go(func() {
		defer cancel()
		reason := whyNot(ask(ctx))
		s.do(func() { s.happen(v, lifecycle.Checked{Generation: f.Generation, Reason: reason}) })
	})
}

// children are the processes that run, by their slots.
func (g *generation) children() (all []Child) {
	var running []*process
	for _, p := range g.procs {
		if p.child != nil {
			running = append(running, p)
		}
	}
	slices.SortFunc(running, func(a, b *process) int { return cmp.Compare(a.slot, b.slot) })
	for _, p := range running {
		all = append(all, p.child)
	}
	return all
}
