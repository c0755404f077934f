package lifecycle

import "testing"

func play(s State, events ...Event) (State, []Effect) {
	var last []Effect
	for _, e := range events {
		s, last = Next(s, e)
	}
	return s, last
}

// New settings that failed to build are not forgotten when the sources go back to
// what serves: the same artifact has to run with them.
func TestForcedRequestIsOwed(t *testing.T) {
	s, _ := play(State{}, Requested{Force: true}, Built{1, "a", false}, Ready{1, 1},
		Requested{Force: true}, BuildFailed{Generation: 2, Reason: "no"},
		Requested{}, Built{3, "a", false})
	if s.Incoming.Number != 3 || s.Incoming.Phase != Starting {
		t.Errorf("the settings that were asked for are not on their way: %+v", s)
	}
	s, _ = play(s, Ready{3, 2}, Requested{}, Built{4, "a", false})
	if s.Incoming.Number != 0 || s.Serving.Number != 3 {
		t.Errorf("nothing is owed any more: %+v", s)
	}
}
