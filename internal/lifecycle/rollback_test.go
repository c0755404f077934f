package lifecycle

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// heard are the verdicts that were answered, by ticket.
func heard(effects []Effect) map[Ticket]Verdict {
	all := map[Ticket]Verdict{}
	for _, e := range effects {
		if a, ok := e.(Answer); ok {
			all[a.Ticket] = a.Verdict
		}
	}
	return all
}

// two is a service that serves artifact "b", and did serve "a".
func two(t *testing.T) State {
	t.Helper()
	s, _ := play(State{}, Requested{Force: true}, Built{1, "a", false}, Ready{1, 1},
		Requested{Force: true}, Built{2, "b", false}, Ready{2, 2}, Exited{Generation: 1, Proc: 1})
	if s.Serving.Number != 2 || len(s.Draining) > 0 {
		t.Fatalf("state %+v", s)
	}
	return s
}

// A rollback is a handoff to an artifact that is given. What serves then is older than
// the source, until a build says otherwise.
func TestRollback(t *testing.T) {
	s, effects := play(two(t), Requested{Ticket: 1, Artifact: "a"})
	if !reflect.DeepEqual(effects, []Effect{Build{3, "a"}}) {
		t.Fatalf("effects %+v", effects)
	}
	s, effects = play(s, Built{3, "a", false}, Ready{3, 3})
	v := heard(effects)[1]
	if v.Outcome != Promoted || v.Artifact != "a" || !strings.HasPrefix(v.Reason, "rolled back to artifact a; ") || !s.Behind || s.Serving.Number != 3 {
		t.Errorf("verdict %+v, state %+v", v, s)
	}
	if s, _ = play(s, Requested{}, Built{4, "a", false}); s.Behind || s.Serving.Number != 3 || s.Serving.Request.Artifact != "" {
		t.Errorf("the source is what serves now: %+v", s)
	}
}

// Who asked for a build hears that an older artifact has taken its place, and that new
// settings were not put in force is not forgotten.
func TestRollbackOvertakesABuild(t *testing.T) {
	s, effects := play(two(t), Requested{Ticket: 1, Force: true}, Requested{Ticket: 2, Artifact: "b"})
	if !slices.Contains(effects, Effect(CancelBuild{3})) {
		t.Fatalf("effects %+v", effects)
	}
	s, _ = play(s, BuildFailed{Generation: 3, Reason: "cancelled"})
	s, effects = play(s, Built{4, "b", false})
	all := heard(effects)
	if v := all[1]; v.Outcome != Superseded || v.Generation != 3 || v.By != 4 || v.Decisive() != RolledBack {
		t.Errorf("who reloads hears %+v", v)
	}
	if v := all[2]; v.Outcome != Unchanged || v.Serving != 2 || v.Reason == "" {
		t.Errorf("who rolls back hears %+v", v)
	}
	if !s.Behind || !s.Owed {
		t.Errorf("what was asked for is forgotten: %+v", s)
	}
	// The other way round: the newest request wins, and both hear so.
	s, _ = play(s, Requested{Ticket: 3, Artifact: "a"}, Requested{Ticket: 4}, Built{5, "a", false})
	_, effects = play(s, Built{6, "c", false}, Ready{6, 3})
	all = heard(effects)
	if v := all[3]; v.Outcome != Superseded || v.By != 6 || v.Final != Promoted {
		t.Errorf("who rolls back hears %+v", v)
	}
	if v := all[4]; v.Outcome != Promoted || v.Generation != 6 {
		t.Errorf("who reloads hears %+v", v)
	}
}

// That new settings were asked for makes no new generation of what a rollback finds in
// service.
func TestRollbackIsNotForced(t *testing.T) {
	s, _ := play(two(t), Requested{}, Built{3, "c", false}, Requested{Force: true}, Requested{Ticket: 1, Artifact: "b"},
		Exited{Generation: 3, Proc: 3, Reason: "exit status 1"})
	s, effects := play(s, Built{4, "b", false})
	if v := heard(effects)[1]; v.Outcome != Unchanged || s.Serving.Number != 2 || !s.Owed || !s.Behind {
		t.Errorf("verdict %+v, state %+v", v, s)
	}
}

// A rollback that comes to nothing leaves what is known of the source as it was.
func TestRollbackFails(t *testing.T) {
	for name, end := range map[string]Event{
		"it is gone":      BuildFailed{Generation: 3, Reason: "gone", Missing: true},
		"it is refused":   Examined{3, "exit status 1"},
		"it exits":        Exited{Generation: 3, Proc: 3, Reason: "exit status 1"},
		"it is not ready": Expired{Timer{ReadyDeadline, 3, 0}},
	} {
		s, _ := play(two(t), Requested{Ticket: 1, Artifact: "a", Policy: Policy{Examine: true}})
		if _, gone := end.(BuildFailed); !gone {
			s, _ = play(s, Built{3, "a", false})
		}
		if _, refused := end.(Examined); !refused {
			s, _ = play(s, Examined{Generation: 3})
		}
		s, effects := play(s, end)
		v := heard(effects)[1]
		if v.Outcome != NotReady && v.Outcome != Died || v.Serving != 2 || s.Behind || s.Owed {
			t.Errorf("%s: verdict %+v, state %+v", name, v, s)
		}
	}
}

// A generation that is checked is asked at once, after a pause, and once more when its
// time is over; until that answer the old one stays.
func TestChecks(t *testing.T) {
	p := Policy{Confirm: time.Minute, Check: true}
	s, effects := play(two(t), Requested{Ticket: 1, Policy: p}, Built{3, "c", false}, Ready{3, 3})
	if !slices.Contains(effects, Effect(Check{3})) {
		t.Fatalf("effects %+v", effects)
	}
	pause := Timer{CheckPause, 3, 0}
	s, effects = play(s, Checked{Generation: 3})
	if !reflect.DeepEqual(effects, []Effect{SetTimer{pause, checkPause}}) {
		t.Fatalf("effects %+v", effects)
	}
	if s, effects = play(s, Expired{pause}); !reflect.DeepEqual(effects, []Effect{Check{3}}) {
		t.Fatalf("effects %+v", effects)
	}
	// The time is over while that is under way: its answer is the last.
	if s, effects = play(s, Expired{Timer{ConfirmEnd, 3, 0}}); len(effects) > 0 || s.Serving.Number != 2 {
		t.Fatalf("effects %+v", effects)
	}
	good, effects := play(s, Checked{Generation: 3})
	if v := heard(effects)[1]; v.Outcome != Promoted || good.Serving.Number != 3 {
		t.Errorf("verdict %+v", v)
	}
	bad, effects := play(s, Checked{3, "answered 500"})
	if v := heard(effects)[1]; v.Outcome != RolledBack || v.Reason != "a check failed before it was confirmed: answered 500" || bad.Serving.Number != 2 {
		t.Errorf("verdict %+v", v)
	}
}
