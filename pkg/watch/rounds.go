package watch

import "time"

// A survey of a small tree takes a few milliseconds. One that takes long is made seldom, so that polling costs a
// twentieth of a processor at most; but a change is noticed after ten seconds at the latest, and the time of one survey.
const (
	shortestPause = 200 * time.Millisecond
	longestPause  = 10 * time.Second
	pauseShare    = 20 // times what the survey took
)

// rounds is the clock of surveys.
type rounds struct{ timer *time.Timer }

func newRounds() rounds {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return rounds{t}
}

// arm has the next survey made after a pause; 0 is never.
func (r rounds) arm(pause time.Duration) {
	if pause == 0 {
		r.timer.Stop()
		return
	}
	r.timer.Reset(pause)
}

// pause is how long to wait after a survey that took some time.
func pause(took, shortest time.Duration) time.Duration {
	return min(max(pauseShare*took, shortest), max(longestPause, shortest))
}
