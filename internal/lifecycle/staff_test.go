package lifecycle

import (
	"fmt"
	"slices"
	"strings"
)

// staff is what the world knows of the number of workers.
type staff struct {
	configured int  // 0: nothing was asked for yet
	last       int  // what the newest Scaled asks for; 0: a newer config counts
	inForce    int  // what a Scaled has brought about; 0: nothing, or a newer config counts
	took       bool // one that serves was told to leave in this step
}

// configure picks the workers of a config, which is not often another one.
func (w *world) configure() int {
	if w.configured > 0 && w.pick(3) > 0 {
		return w.configured
	}
	n := w.pick(4)
	if max(1, n) != w.configured {
		w.configured, w.last, w.inForce = max(1, n), 0, 0
	}
	return n
}

func (w *world) scale() Event {
	w.last = 1 + w.pick(4)
	if w.pick(3) == 0 {
		return Scaled{Workers: w.last}
	}
	w.tickets++
	w.waiting[w.tickets] = 0
	return Scaled{w.tickets, w.last}
}

func (w *world) rescaled(v Verdict) error {
	w.seen[v.Outcome]++
	w.reached["scaled: "+string(v.Outcome)]++
	if v.Outcome != Rescale {
		return nil
	}
	w.inForce = w.last
	s := w.state.Serving
	switch {
	case w.last != 0 && v.Workers != w.last:
		return fmt.Errorf("scaled to %d, %d were asked for", v.Workers, w.last)
	case s.Phase == Serving && !s.Request.Policy.Once && w.serving() < v.Workers:
		return fmt.Errorf("scaled to %d, %d are ready", v.Workers, w.serving())
	}
	return nil
}

// inService reports whether processes of the generation serve beside others.
func (s State) inService(number int) bool {
	for _, g := range s.Generations() {
		if g.Number == number {
			return g.Phase == Serving || g.Phase == Yielding || g.Rolling && g.Held > 0
		}
	}
	return false
}

// serving counts the ready processes that go on serving.
func (w *world) serving() (n int) {
	for _, p := range w.procs {
		if p.ready && !p.stopping && w.state.inService(p.generation) {
			n++
		}
	}
	return n
}

// room: a rolling handoff takes no more than one process beyond those asked for, and
// during its canary as many as are tried.
func (w *world) room(f Spawn) error {
	in, s := w.state.Incoming, w.state.Serving
	if f.Generation != in.Number || !in.Rolling {
		return nil
	}
	w.reached["rolling"]++
	all := 0
	for _, p := range w.procs {
		if p.generation == in.Number || p.generation == s.Number {
			all++
		}
	}
	more := max(1, in.Sample)
	if limit := max(in.workers(), s.workers()) + more; all > limit {
		return fmt.Errorf("%d processes of a rolling handoff, of at most %d", all, limit)
	}
	if n := in.active() - in.ready(); n > more {
		return fmt.Errorf("%d processes of a rolling generation start at once", n)
	}
	return nil
}

// checkStaff: whoever is told to leave leaves enough behind.
func (w *world) checkStaff(before State) error {
	s := w.state
	if w.took && !w.stopped && s.Serving.Phase == Serving && !s.Serving.Request.Policy.Once {
		if n := w.serving(); n < s.Serving.workers() {
			return fmt.Errorf("%d workers are left, of %d", n, s.Serving.workers())
		}
	}
	for _, g := range s.Generations() {
		for _, p := range g.Procs {
			alone := Timer{DrainDeadline, g.Number, p.ID}
			if p.Phase == ProcStopping && g.Phase != Draining && !w.timers[alone] && !w.overdue[alone] {
				return fmt.Errorf("process %d leaves generation %d without a deadline", p.ID, g.Number)
			}
		}
		if g.Phase == Yielding {
			w.reached["yielding"]++
			if g.ready() == 0 {
				return fmt.Errorf("generation %d yields and serves nothing", g.Number)
			}
		}
		if g.Rolling && s.Serving.active() == 0 {
			return fmt.Errorf("generation %d is to be brought back, and nothing of it is left", s.Serving.Number)
		}
	}
	if s.Serving.Number != before.Serving.Number && s.Serving.Number != 0 && s.Incoming.Number != before.Incoming.Number {
		return w.checkDrains()
	}
	return nil
}

// checkDrains: after a promotion no more drain than may, and the oldest are ended.
func (w *world) checkDrains() error {
	limit, spared := w.state.Serving.Request.Policy.DrainMax, 0
	if limit == 0 || w.state.Serving.Origin != w.state.Serving.Number {
		return nil
	}
	for i, g := range w.state.Draining {
		for _, p := range g.Procs {
			if w.procs[p.ID].killed {
				w.reached["capped"]++
			} else if i < len(w.state.Draining)-limit {
				spared++
			}
		}
	}
	if spared > 0 {
		return fmt.Errorf("%d generations drain, and drain.max is %d", len(w.state.Draining), limit)
	}
	return nil
}

// capped: whoever is killed because too many drain is not among the newest.
func (w *world) capped(f Destroy) error {
	if !strings.Contains(f.Reason, "drain.max") {
		return nil
	}
	newest := w.state.Draining[max(0, len(w.state.Draining)-w.state.Serving.Request.Policy.DrainMax):]
	if slices.ContainsFunc(newest, func(g Generation) bool { return g.Number == f.Generation }) {
		return fmt.Errorf("generation %d need not have been killed", f.Generation)
	}
	return nil
}

// vain: what is started in a step is not told to leave in the same one.
func vain(effects []Effect) error {
	started := map[int]bool{}
	for _, f := range effects {
		switch f := f.(type) {
		case Spawn:
			started[f.Proc] = true
		case Terminate:
			if started[f.Proc] {
				return fmt.Errorf("process %d was started in vain", f.Proc)
			}
		}
	}
	return nil
}

// settledStaff: at rest there are as many as were asked for.
func (w *world) settledStaff() error {
	s := w.state.Serving
	if s.Phase != Serving || s.Request.Policy.Once {
		return nil
	}
	switch {
	case len(s.Procs) != s.workers():
		return fmt.Errorf("%d processes serve, of %d", len(s.Procs), s.workers())
	case w.inForce > 0 && s.workers() != w.inForce:
		return fmt.Errorf("%d workers were asked for, and %d are to serve", w.inForce, s.workers())
	}
	return nil
}

// missing names what a simulation did not meet.
func missing(reached map[string]int) string {
	var all []string
	for _, what := range []string{
		"rolling", "yielding", "capped", "scaled: scaled", "scaled: exited", "scaled: not ready", "scaled: stopped",
		"canary", "canary: passed", "canary: crashed", "canary: ill", "canary: overtaken", "canary: rolls on", "canary: the rest fails",
	} {
		if reached[what] == 0 {
			all = append(all, what)
		}
	}
	return strings.Join(all, ", ")
}
