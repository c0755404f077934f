package lifecycle

import (
	"fmt"
	"testing"
	"time"
)

// tenth is tried on a tenth of the connections.
var tenth = Policy{Workers: 4, Canary: Canary{For: time.Minute, Share: 10}}

// tries is generation 1 in service with p's workers, and generation 2 built.
func tries(p Policy) State {
	s, _ := play(State{}, Requested{Policy: p}, Built{Generation: 1, Artifact: "a"})
	for id := range p.Workers {
		s, _ = Next(s, Ready{1, id + 1})
	}
	s, _ = play(s, Requested{Ticket: 1, Policy: p}, Built{Generation: 2, Artifact: "b"})
	return s
}

func with(p Policy, change func(*Policy)) Policy {
	change(&p)
	return p
}

func TestCanary(t *testing.T) {
	end, pause := Expired{Timer{CanaryEnd, 2, 0}}, Expired{Timer{CheckPause, 2, 0}}
	well, ill := Checked{Generation: 2}, Checked{2, "errors"}
	checked := with(tenth, func(p *Policy) { p.Canary.Check = true })
	for _, c := range []struct {
		name   string
		policy Policy
		steps  []step
		serves int
	}{
		{"it holds, and the rest follows", tenth, []step{
			{Ready{2, 5}, ""},
			{end, "+2/6 +2/7 +2/8"},
			{Ready{2, 6}, ""}, {Ready{2, 7}, ""},
			{Ready{2, 8}, "promoted -1/1 -1/2 -1/3 -1/4"},
		}, 2},
		{"one that is steered to is there as a whole", with(tenth, func(p *Policy) { p.Workers, p.Canary.Steered = 2, true }), []step{
			{Ready{2, 3}, ""},
			{Ready{2, 4}, ""},
			{end, "promoted -1/1 -1/2"},
		}, 2},
		{"it crashes", tenth, []step{
			{Ready{2, 5}, ""},
			{gone(2, 5), "rolled back"},
			{end, ""},
		}, 1},
		{"it is never ready", tenth, []step{
			{Expired{Timer{ReadyDeadline, 2, 0}}, "-2/5 not ready"},
		}, 1},
		{"one of the rest crashes", tenth, []step{
			{Ready{2, 5}, ""},
			{end, "+2/6 +2/7 +2/8"},
			{gone(2, 7), "-2/5 -2/6 -2/8 rolled back"},
		}, 1},
		{"the rest is never ready", tenth, []step{
			{Ready{2, 5}, ""},
			{end, "+2/6 +2/7 +2/8"},
			{Expired{Timer{ReadyDeadline, 2, 0}}, "-2/5 -2/6 -2/7 -2/8 rolled back"},
		}, 1},
		{"it is ill", checked, []step{
			{Ready{2, 5}, ""},
			{well, ""},
			{pause, ""},
			{ill, "-2/5 rolled back"},
		}, 1},
		{"it is ill at the last moment", checked, []step{
			{Ready{2, 5}, ""},
			{end, ""},
			{ill, "-2/5 rolled back"},
		}, 1},
		{"it is asked once more when the time is over", checked, []step{
			{Ready{2, 5}, ""},
			{well, ""},
			{end, ""},
			{pause, ""},
			{well, "+2/6 +2/7 +2/8"},
		}, 1},
		{"another version is asked for", tenth, []step{
			{Ready{2, 5}, ""},
			{Requested{Ticket: 2, Policy: tenth}, "-2/5 rolled back"},
			{Built{Generation: 3, Artifact: "c"}, "+3/6"},
		}, 1},
		{"another version was asked for before", tenth, []step{
			{Requested{Ticket: 2, Policy: tenth}, ""},
			{Ready{2, 5}, "-2/5 rolled back"},
		}, 1},
		{"a rollback is asked for", tenth, []step{
			{Ready{2, 5}, ""},
			{Requested{Ticket: 2, Artifact: "a", Policy: tenth}, "-2/5 rolled back"},
			{Built{Generation: 3, Artifact: "a"}, "unchanged"},
		}, 1},
		{"one that serves crashes, and comes back", tenth, []step{
			{Ready{2, 5}, ""},
			{gone(1, 1), "+1/6"},
			{Ready{1, 6}, ""},
			{end, "+2/7 +2/8 +2/9"},
		}, 1},
		{"more workers are asked for", tenth, []step{
			{Ready{2, 5}, ""},
			{Scaled{2, 5}, "+1/6"},
			{Ready{1, 6}, "scaled"},
			{end, "+2/7 +2/8 +2/9 +2/:"},
		}, 1},
		{"then it is confirmed", with(tenth, func(p *Policy) { p.Workers, p.Confirm = 1, time.Second }), []step{
			{Ready{2, 2}, ""},
			{end, ""},
			{Expired{Timer{ConfirmEnd, 2, 0}}, "promoted -1/1"},
		}, 2},
		{"then it is not confirmed", with(tenth, func(p *Policy) { p.Workers, p.Confirm = 1, time.Second }), []step{
			{Ready{2, 2}, ""},
			{end, ""},
			{gone(2, 2), "rolled back"},
		}, 1},
		{"a rolling one takes the places of as many as were tried", with(tenth, func(p *Policy) { p.Rolling, p.Canary.Share = true, 33 }), []step{
			{Ready{2, 5}, ""},
			{Ready{2, 6}, ""},
			{end, "-1/4 -1/3"},
			{gone(1, 4), ""},
			{gone(1, 3), "+2/7"},
			{Ready{2, 7}, "-1/2"},
			{gone(1, 2), "+2/8"},
			{Ready{2, 8}, "promoted -1/1"},
		}, 2},
		{"a rolling one fails before it has taken any", with(tenth, func(p *Policy) { p.Rolling = true }), []step{
			{Ready{2, 5}, ""},
			{gone(2, 5), "rolled back"},
		}, 1},
		{"the service stops", tenth, []step{
			{Ready{2, 5}, ""},
			{Stop{}, "stopped -2/5 -1/1 -1/2 -1/3 -1/4"},
		}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if s := script(t, tries(c.policy), c.steps...); s.Serving.Number != c.serves {
				t.Errorf("generation %d serves, want %d", s.Serving.Number, c.serves)
			}
		})
	}
}

// What need not or cannot be tried is handed off as ever.
func TestNoCanary(t *testing.T) {
	alone := with(tenth, func(p *Policy) { p.Workers = 1 })
	first, _ := play(State{}, Requested{Ticket: 1, Policy: alone})
	script(t, first, step{Built{Generation: 1}, "+1/1"}, step{Ready{1, 1}, "promoted"})
	served, _ := Next(first, Built{Generation: 1, Artifact: "a"})
	served, _ = play(served, Ready{1, 1}, Requested{Ticket: 2, Policy: alone})
	script(t, served, step{Built{Generation: 2, Exclusive: true}, "-1/1"}, step{gone(1, 1), "+2/2"}, step{Ready{2, 2}, "promoted"})
	back, _ := play(served, BuildFailed{Generation: 2}, Requested{Ticket: 3, Policy: alone, Artifact: "z"})
	script(t, back, step{Built{Generation: 3, Artifact: "z"}, "+3/2"}, step{Ready{3, 2}, "promoted -1/1"})
}

// Of n processes beside as many others, so many are the share or come near it.
func TestSample(t *testing.T) {
	for _, c := range []struct{ workers, share, want int }{
		{1, 10, 1}, {4, 10, 1}, {4, 20, 1}, {4, 33, 2}, {4, 50, 4}, {10, 10, 1}, {20, 10, 2}, {100, 1, 1}, {100, 25, 33},
	} {
		s := tries(Policy{Workers: c.workers, Canary: Canary{For: 1, Share: c.share}})
		if n := len(s.Incoming.Procs); n != c.want {
			t.Errorf("%d%% of %d workers are %d, want %d", c.share, c.workers, n, c.want)
		}
	}
}

// canary picks how a version is tried.
func (w *world) canary() (c Canary) {
	if w.pick(2) == 0 {
		c = Canary{For: time.Minute, Share: 1 + w.pick(50), Steered: w.pick(3) == 0, Check: w.pick(2) == 0}
	}
	return c
}

// checkCanary: what is tried is what was asked for, beside all that serves, and it
// goes on when the time is over and all is well.
func (w *world) checkCanary(before State, e Event) error {
	was, in, s := before.Incoming, w.state.Incoming, w.state.Serving
	if was.Phase == Trying {
		w.endedCanary(was, e)
	}
	if was.Tried && was.Phase == Starting && !was.Rolling && in.Number != was.Number && s.Number != was.Number {
		w.reached["canary: the rest fails"]++
	}
	took := s.Number == was.Number || in.Number == was.Number && in.Held > 0
	if was.Number != 0 && was.Sample > 0 && took && !in.Tried && !s.Tried {
		return fmt.Errorf("generation %d took over without its canary", was.Number)
	}
	if was.Phase == Trying && (s.Number == was.Number || in.Number == was.Number && in.Phase != Trying) {
		c, answered := e.(Checked)
		x, over := e.(Expired)
		switch {
		case was.Request.Policy.Canary.Check && !(answered && c.Reason == "" && was.Confirmed):
			return fmt.Errorf("passed without a last answer that is well")
		case !answered && !(over && x.Timer.Role == CanaryEnd):
			return fmt.Errorf("passed before its time was over")
		}
	}
	if in.Phase != Trying {
		return nil
	}
	w.reached["canary"]++
	switch {
	case len(in.Procs) != in.Sample || in.ready() != in.Sample:
		return fmt.Errorf("%d processes are tried, of %d", in.ready(), in.Sample)
	case s.Phase != Serving || s.active() < s.workers():
		return fmt.Errorf("tried beside %d of %d workers", s.active(), s.workers())
	case in.Held > 0 || in.Exclusive || in.Request.Artifact != "":
		return fmt.Errorf("tried what cannot be, or need not")
	case !w.timers[Timer{CanaryEnd, in.Number, 0}] && !in.Confirmed:
		return fmt.Errorf("tried for ever")
	}
	return nil
}

// endedCanary notes how.
func (w *world) endedCanary(was Generation, e Event) {
	in, s := w.state.Incoming, w.state.Serving
	switch e := e.(type) {
	case Requested:
		w.reached["canary: overtaken"]++
	case Exited:
		if e.Generation == was.Number {
			w.reached["canary: crashed"]++
		}
	case Checked:
		if e.Reason != "" {
			w.reached["canary: ill"]++
		}
	}
	switch {
	case s.Number == was.Number, in.Number == was.Number && in.Tried:
		w.reached["canary: passed"]++
		if in.Held > 0 {
			w.reached["canary: rolls on"]++
		}
	}
}
