package lifecycle

import (
	"strings"
	"testing"
	"time"
)

var rolling = Policy{Workers: 3, Rolling: true, ReadyTimeout: time.Minute, DrainTimeout: time.Minute}

// threeServe is generation 1 with the ready processes 1 to 3, and generation 2 built.
func threeServe() State {
	s, _ := play(State{}, Requested{Policy: rolling}, Built{Generation: 1, Artifact: "a"},
		Ready{1, 1}, Ready{1, 2}, Ready{1, 3}, Requested{Ticket: 1, Policy: rolling}, Built{Generation: 2, Artifact: "b"})
	return s
}

// words are the effects that processes notice, such as "+2/4" and "-1/3".
func words(effects []Effect) string {
	var all []string
	for _, f := range effects {
		switch f := f.(type) {
		case Spawn:
			all = append(all, "+"+pair(f.Generation, f.Proc))
		case Terminate:
			all = append(all, "-"+pair(f.Generation, f.Proc))
		case Destroy:
			all = append(all, "!"+pair(f.Generation, f.Proc))
		case Answer:
			all = append(all, string(f.Verdict.Outcome))
		}
	}
	return strings.Join(all, " ")
}

func pair(generation, proc int) string {
	return string(rune('0'+generation)) + "/" + string(rune('0'+proc))
}

// script plays events and checks what each of them leads to.
func script(t *testing.T, s State, steps ...step) State {
	t.Helper()
	for _, one := range steps {
		var effects []Effect
		s, effects = Next(s, one.Event)
		if got := words(effects); got != one.want {
			t.Fatalf("%#v led to %q, want %q\n%+v", one.Event, got, one.want, s)
		}
	}
	return s
}

type step struct {
	Event
	want string
}

func gone(generation, proc int) Exited {
	return Exited{Generation: generation, Proc: proc, Reason: "gone"}
}

func TestRolling(t *testing.T) {
	s := threeServe()
	if len(s.Incoming.Procs) != 1 {
		t.Fatalf("on its way: %+v", s.Incoming)
	}
	s = script(t, s,
		step{Ready{2, 4}, "-1/3"},
		step{gone(1, 3), "+2/5"},
		step{Ready{2, 5}, "-1/2"},
		step{gone(1, 2), "+2/6"},
		step{Ready{2, 6}, "promoted -1/1"},
		step{gone(1, 1), ""},
	)
	if s.Serving.Number != 2 || len(s.Draining) > 0 {
		t.Errorf("in the end: %+v", s)
	}
}

// The next worker waits until the one before has held, and its predecessor too.
func TestRollingConfirms(t *testing.T) {
	p := rolling
	p.Confirm = time.Second
	s, _ := play(threeServe(), Requested{Policy: p}, gone(2, 4))
	script(t, s,
		step{Built{Generation: 3}, "+3/5"},
		step{Ready{3, 5}, ""},
		step{Expired{Timer{ConfirmEnd, 3, 0}}, "-1/3"},
		step{gone(1, 3), "+3/6"},
	)
}

func TestRollingFails(t *testing.T) {
	fails := []struct {
		name  string
		steps []step
	}{
		{"the first one", []step{
			{gone(2, 4), "exited"},
		}},
		{"the second one, and what it has replaced comes back", []step{
			{Ready{2, 4}, "-1/3"},
			{gone(1, 3), "+2/5"},
			{gone(2, 5), "rolled back +1/6"},
			{Ready{1, 6}, "-2/4"},
			{gone(2, 4), ""},
		}},
		{"one that is never ready", []step{
			{Ready{2, 4}, "-1/3"},
			{gone(1, 3), "+2/5"},
			{Expired{Timer{ReadyDeadline, 2, 0}}, "-2/5 rolled back +1/6"},
			{gone(2, 5), ""},
			{Ready{1, 6}, "-2/4"},
			{gone(2, 4), ""},
		}},
		{"one that has taken over", []step{
			{Ready{2, 4}, "-1/3"},
			{gone(1, 3), "+2/5"},
			{Ready{2, 5}, "-1/2"},
			{gone(2, 4), "rolled back +1/6 +1/7"},
			{gone(1, 2), ""},
			{Ready{1, 6}, ""}, // no more than three are ready yet
			{Ready{1, 7}, "-2/5"},
			{gone(2, 5), ""},
		}},
		{"and what it has replaced does not come back at first", []step{
			{Ready{2, 4}, "-1/3"},
			{gone(1, 3), "+2/5"},
			{gone(2, 5), "rolled back +1/6"},
			{gone(1, 6), "+1/7"},
			{Ready{1, 7}, "-2/4"},
			{gone(2, 4), ""},
		}},
	}
	for _, f := range fails {
		t.Run(f.name, func(t *testing.T) {
			s := script(t, threeServe(), f.steps...)
			if s.Serving.Number != 1 || s.Serving.ready() != 3 || len(s.Draining) > 0 || !s.Behind {
				t.Errorf("in the end: %+v", s)
			}
		})
	}
}

// halfway has failed with one worker replaced, which serves for now.
func halfway(t *testing.T) State {
	s := script(t, threeServe(), step{Ready{2, 4}, "-1/3"}, step{gone(1, 3), "+2/5"}, step{gone(2, 5), "rolled back +1/6"})
	if s.Draining[0].Phase != Yielding {
		t.Fatalf("generation 2 is %+v", s.Draining[0])
	}
	return s
}

func TestYieldingEnds(t *testing.T) {
	t.Run("with a stop", func(t *testing.T) {
		s := script(t, halfway(t), step{Stop{}, "-1/1 -1/2 -1/6 -2/4"},
			step{gone(2, 4), ""}, step{gone(1, 1), ""}, step{gone(1, 2), ""}, step{gone(1, 6), ""})
		if !s.Stopped {
			t.Errorf("%+v", s)
		}
	})
	t.Run("for one that must be alone", func(t *testing.T) {
		s, _ := Next(halfway(t), Requested{Policy: rolling})
		script(t, s, step{Built{Generation: 3, Exclusive: true}, "-1/1 -1/2 -1/6 -2/4"})
	})
	t.Run("for a successor, step by step", func(t *testing.T) {
		s, _ := Next(halfway(t), Requested{Policy: rolling})
		script(t, s,
			step{Built{Generation: 3}, "+3/7"},
			step{Ready{3, 7}, "-1/6 -2/4"}, // one of them was not ready yet
		)
	})
}

func TestScale(t *testing.T) {
	s, _ := play(State{}, Requested{Policy: Policy{Workers: 2, DrainTimeout: time.Second}}, Built{Generation: 1}, Ready{1, 1}, Ready{1, 2})
	s = script(t, s,
		step{Scaled{1, 4}, "+1/3 +1/4"},
		step{Ready{1, 3}, ""},
		step{Ready{1, 4}, "scaled"},
		step{Scaled{2, 4}, "scaled"},
		step{Scaled{3, 1}, "-1/4 -1/3 -1/2 scaled"},
		step{Expired{Timer{DrainDeadline, 1, 3}}, "!1/3"},
		step{gone(1, 3), ""},
		step{gone(1, 2), ""},
		step{gone(1, 4), ""},
	)
	// A handoff keeps the number, until the config has another one than before.
	s, _ = play(s, Requested{Policy: Policy{Workers: 2}}, Built{Generation: 2}, Ready{2, 5})
	if s.Serving.Number != 2 || s.Serving.workers() != 1 {
		t.Errorf("after a handoff: %+v", s.Serving)
	}
	s, _ = play(s, Requested{Policy: Policy{Workers: 3}}, Built{Generation: 3}, Ready{3, 6}, Ready{3, 7}, Ready{3, 8})
	if s.Serving.Number != 3 || s.Scale != 0 {
		t.Errorf("after a new config: %+v", s)
	}
}

// A worker that does not come up leaves things as they were.
func TestScaleFails(t *testing.T) {
	s, _ := play(State{}, Requested{Policy: Policy{Workers: 2}}, Built{Generation: 1}, Ready{1, 1}, Ready{1, 2})
	for name, e := range map[string]Event{"it exits": gone(1, 4), "it is late": Expired{Timer{ReadyDeadline, 1, 4}}} {
		t.Run(name, func(t *testing.T) {
			want := map[string]string{"it exits": "exited -1/3", "it is late": "not ready !1/4 -1/4 -1/3"}[name]
			after := script(t, s, step{Scaled{1, 4}, "+1/3 +1/4"}, step{e, want})
			if after.Serving.workers() != 2 || after.Serving.active() != 2 || after.Scale != 0 {
				t.Errorf("%+v", after)
			}
		})
	}
}

func TestScaleDuringHandoff(t *testing.T) {
	p := Policy{Workers: 1}
	s, _ := play(State{}, Requested{Policy: p}, Built{Generation: 1}, Ready{1, 1}, Requested{Policy: p}, Built{Generation: 2})
	s = script(t, s,
		step{Scaled{1, 2}, "+2/3 +1/4"}, // neither of them is to have less
		step{Ready{2, 2}, ""},
		step{Ready{1, 4}, "scaled"},
		step{Ready{2, 3}, "-1/1 -1/4"},
	)
	if s.Serving.Number != 2 || s.Serving.ready() != 2 {
		t.Errorf("%+v", s)
	}
}

func TestScaleNothing(t *testing.T) {
	script(t, State{}, step{Scaled{1, 2}, "not ready"})
	stopped, _ := Next(State{}, Stop{})
	script(t, stopped, step{Scaled{1, 2}, "stopped"})
}

// drain.max lets the newest drains go on; a version that fails costs none.
func TestDrainMax(t *testing.T) {
	p := Policy{DrainMax: 2}
	s, _ := play(State{}, Requested{Policy: p}, Built{Generation: 1}, Ready{1, 1})
	for n := 2; n <= 3; n++ {
		s, _ = play(s, Requested{Policy: p}, Built{Generation: n}, Ready{n, n})
	}
	s, _ = play(s, Requested{Policy: p}, Built{Generation: 4})
	s = script(t, s,
		step{Expired{Timer{ReadyDeadline, 4, 0}}, "-4/4"},
		step{gone(4, 4), ""},
	)
	s, _ = play(s, Requested{Policy: p}, Built{Generation: 5})
	s = script(t, s, step{Ready{5, 5}, "-3/3 !1/1"})
	script(t, s, step{Stop{}, "-5/5"}) // which drains as long as it may
}
