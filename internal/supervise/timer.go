package supervise

import (
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// alarm is a timer that is set. One that was replaced may already have fired into
// the queue of the loop, so an expiry counts only if its alarm is still the one
// that is set.
type alarm struct {
	timer *time.Timer
	at    time.Time
}

func (s *Supervisor) setTimer(v *service, t lifecycle.Timer, after time.Duration) {
	v.stopTimer(t)
	a := &alarm{at: time.Now().Add(after)}
	v.timers[t] = a
	a.timer = time.AfterFunc(after, func() {
		s.do(func() {
			if v.timers[t] == a {
				delete(v.timers, t)
				s.happen(v, lifecycle.Expired{Timer: t})
			}
		})
	})
}

// extendTimer only ever gives more time.
func (s *Supervisor) extendTimer(v *service, t lifecycle.Timer, by time.Duration) {
	if a := v.timers[t]; a != nil && time.Until(a.at) < by {
		s.setTimer(v, t, by)
	}
}

func (v *service) stopTimer(t lifecycle.Timer) {
	if a := v.timers[t]; a != nil {
		a.timer.Stop()
		delete(v.timers, t)
	}
}

// stopTimers stops those of a generation.
func (v *service) stopTimers(generation int) {
	for t := range v.timers {
		if t.Generation == generation {
			v.stopTimer(t)
		}
	}
}
