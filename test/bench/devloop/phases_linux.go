package main

import "time"

// phases are the parts of a save's way, as the supervisor reported them.
type phases struct {
	noticed time.Duration // from the save to "building"
	build   time.Duration // to "built"
	start   time.Duration // to "ready"
}

// phases of the last save. What was not reported is 0.
func (t *tool) phases() (p phases) {
	from := t.began
	for _, step := range []struct {
		event string
		took  *time.Duration
	}{{"building", &p.noticed}, {"built", &p.build}, {"ready", &p.start}} {
		if said := t.log.events(t.began, step.event); len(said) > 0 {
			*step.took = said[0].at.Sub(from)
			from = said[0].at
		}
	}
	return p
}

func each[T, R any](all []T, f func(T) R) []R {
	out := make([]R, len(all))
	for i, one := range all {
		out[i] = f(one)
	}
	return out
}
