package supervise

import (
	"fmt"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// entered reports a phase that a generation has just begun.
func (s *Supervisor) entered(v *service, g *generation, was lifecycle.Phase) {
	r := Report{Service: v.name, Generation: g.number}
	if was == lifecycle.Starting && g.phase != lifecycle.Draining && !g.told {
		g.told = true
		r.Kind, r.Took, r.Text = Ready, g.readyIn, g.readyBy
		s.observe(r)
		s.advise(v, g)
	}
	if was == lifecycle.Trying && g.phase != lifecycle.Draining {
		s.observe(Report{Service: v.name, Kind: Tried, Generation: g.number})
	}
	r = Report{Service: v.name, Generation: g.number}
	switch {
	case g.phase == lifecycle.Trying:
		r.Kind, r.Text = Trying, v.trial(g)
	case g.phase == lifecycle.Replacing:
		in := v.state.Incoming
		if in.Held == 0 {
			return
		}
		r.Kind, r.Text = Replacing, fmt.Sprintf("%d of %s are new", in.Held, workers(v.state.Workers()))
	case g.phase == lifecycle.Starting:
		if !g.began.IsZero() {
			return // the next one of its workers
		}
		g.began = time.Now()
		r.Kind = Starting
	case g.phase == lifecycle.Serving:
		r.Kind = Serving
	case g.phase == lifecycle.Draining:
		r.Kind = Draining
	case g.phase == lifecycle.Finished:
		r.Kind = Finished
	default:
		return
	}
	s.observe(r)
	s.sayChosen(v, g)
}

// advise says once how a service could make its readiness exact.
func (s *Supervisor) advise(v *service, g *generation) {
	if v.advised || g.spec.Ready.By != "auto" || g.readyBy != "alive" {
		return
	}
	v.advised = true
	s.observe(Report{Service: v.name, Kind: Notice, Generation: g.number,
		Text: "no readiness message came, so it counts as ready after " + g.spec.Ready.After.String() +
			" alive: send READY=1 (sd_notify), or set ready.by, to make handoffs faster and exact"})
}

func (s *Supervisor) reportVerdict(v *service, verdict lifecycle.Verdict) {
	kinds := map[lifecycle.Outcome]Kind{
		lifecycle.Unchanged: Unchanged, lifecycle.BuildBroken: BuildFailed, lifecycle.NotReady: NotReady,
		lifecycle.Died: Exited, lifecycle.RolledBack: RolledBack,
	}
	kind, ok := kinds[verdict.Outcome]
	if !ok {
		return // a promotion is seen as the phase that it is
	}
	r := Report{Service: v.name, Kind: kind, Generation: verdict.Generation, Serving: verdict.Serving, Text: verdict.Reason}
	if kind == BuildFailed {
		// What the compiler said was streamed as it came.
		r.Text = ""
		r.Err = v.buildErr
	}
	s.observe(r)
}

// reportBackoff tells of a process that waits to be started again.
func (s *Supervisor) reportBackoff(v *service, f lifecycle.SetTimer) {
	if f.Timer.Role == lifecycle.BackoffEnd {
		s.observe(Report{Service: v.name, Kind: Restarting, Generation: f.Timer.Generation, Took: f.After})
	}
}
