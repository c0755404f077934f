package supervise

import (
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// happen has an event decided and performs what follows from it.
func (s *Supervisor) happen(v *service, e lifecycle.Event) {
	next, effects := lifecycle.Next(v.state, e)
	v.state = next
	for _, f := range effects {
		s.perform(v, f)
	}
	s.settle(v)
}

func (s *Supervisor) perform(v *service, f lifecycle.Effect) {
	switch f := f.(type) {
	case lifecycle.Build:
		s.build(v, f)
	case lifecycle.CancelBuild:
		v.gens[f.Generation].cancelBuild()
	case lifecycle.Examine:
		s.examine(v, f)
	case lifecycle.Check:
		s.check(v, f)
	case lifecycle.Spawn:
		s.spawn(v, f)
	case lifecycle.Terminate:
		s.terminate(v, f)
	case lifecycle.Destroy:
		s.destroy(v, f)
	case lifecycle.SetTimer:
		s.setTimer(v, f.Timer, f.After)
		s.reportBackoff(v, f)
	case lifecycle.ExtendTimer:
		s.extendTimer(v, f.Timer, f.By)
	case lifecycle.Conclude:
		s.conclude(v, f.Verdict)
	case lifecycle.Rescaled:
		s.reportScaled(v, f.Verdict)
	case lifecycle.Answer:
		s.answer(f)
	case lifecycle.Retire:
		s.retire(v, f.Generation)
	case lifecycle.Finish:
		s.finish(v)
	}
}

// settle looks at what an event has led to: phases that began, and records and
// sockets that nothing needs any more.
func (s *Supervisor) settle(v *service) {
	for _, d := range v.state.Generations() {
		if g := v.gens[d.Number]; g != nil && g.phase != d.Phase {
			was := g.phase
			g.phase, g.since = d.Phase, time.Now()
			s.entered(v, g, was)
		}
	}
	if g := v.state.Serving; g.Number != 0 {
		v.served = g.Artifact
	}
	s.aim(v)
	if v.state.Stopping && !v.yielded {
		v.hurry()
	}
	v.forget()
	s.release()
	s.changed()
}

// conclude is the end of a handoff, good or bad.
func (s *Supervisor) conclude(v *service, verdict lifecycle.Verdict) {
	v.last = verdict
	s.reportVerdict(v, verdict)
	s.file(v, verdict)
	select {
	case v.built <- struct{}{}:
	default:
	}
}

// answer has an asker hear the verdict at the end of the turn: what it has led to is
// reported by then.
func (s *Supervisor) answer(f lifecycle.Answer) {
	if asker, waits := s.askers[f.Ticket]; waits {
		delete(s.askers, f.Ticket)
		s.answers = append(s.answers, func() { asker <- f.Verdict }) // has room for the one that there is
	}
}

func (s *Supervisor) sendAnswers() {
	for _, send := range s.answers {
		send()
	}
	s.answers = s.answers[:0]
}

// retire: nothing of a generation is left.
func (s *Supervisor) retire(v *service, number int) {
	v.stopTimers(number)
	if g := v.gens[number]; g != nil && g.phase == lifecycle.Draining {
		s.observe(Report{Service: v.name, Kind: Drained, Generation: number, Took: time.Since(g.since)})
	}
}

// finish: nothing of a stopped service is left.
func (s *Supervisor) finish(v *service) {
	if v.unwatch != nil {
		v.unwatch()
	}
	v.store.Close()
	v.table.Close()
	s.jobs.Go(v.relay.Close)
	if v.reborn != nil {
		s.request(s.add(v, *v.reborn), true)
	}
}
