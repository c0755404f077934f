package telemetry

import (
	"slices"
	"time"
)

// phase is something that takes a while.
//
//	building ──▶ built · build-failed · unchanged · cancelled
//	starting ──▶ ready · not-ready · exited · rolled-back
//	canary   ──▶ canary-passed · rolled-back
//	draining ──▶ drained
//	stopping ──▶ stopped
type phase struct {
	service    string
	generation int
	kind       string
	since      time.Time
}

// phases are those that have not ended, in the order in which they began.
type phases []phase

func begins(kind string) bool {
	return kind == Building || kind == Starting || kind == Canary || kind == Draining || kind == Stopping
}

func ends(kind string) bool {
	switch kind {
	case Built, BuildFailed, Unchanged, Cancelled, Ready, CanaryPassed, Serving, NotReady, Exited, RolledBack, Drained, Stopped:
		return true
	}
	return false
}

// after returns the phases once r has happened, and how long the one took that r
// ended, 0 if it ended none.
func (p phases) after(r Report) (now phases, took time.Duration) {
	if !begins(r.Kind) && !ends(r.Kind) {
		return p, 0
	}
	for _, one := range p {
		switch {
		case one.service == r.Service && one.generation == r.Generation:
			if ends(r.Kind) {
				took = r.Time.Sub(one.since)
			}
		case one.outlives(r):
			now = append(now, one)
		}
	}
	if begins(r.Kind) {
		now = append(now, phase{r.Service, r.Generation, r.Kind, r.Time})
	}
	return now, took
}

// outlives: a build that another one of the service takes the place of ends
// without a word, and so does all that was on its way in when everything stops.
func (p phase) outlives(r Report) bool {
	switch r.Kind {
	case Building:
		return p.kind != Building || p.service != r.Service
	case Stopping:
		return p.kind == Draining
	}
	return r.Kind != Stopped
}

func (p phases) same(other phases) bool { return slices.Equal(p, other) }
