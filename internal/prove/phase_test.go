package prove

import (
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/load"
)

func ms(n int) control.Millis { return control.Millis(time.Duration(n) * time.Millisecond) }

func lost(from, to int, kind load.Kind) shot {
	return shot{time.Duration(ms(from)), time.Duration(ms(to - from)), kind}
}

// Two handoffs that overlap as they should, one that stops first, and one that fails.
var history = []Handoff{
	{Number: 1, Outcome: lifecycle.Promoted, Asked: ms(1000), Ready: ms(1100), Draining: ms(1110), Verdict: ms(1120), Drained: ms(1500)},
	{Number: 2, Outcome: lifecycle.Promoted, Asked: ms(2000), Ready: ms(2100), Draining: ms(2110), Verdict: ms(2120), Drained: ms(2500)},
	{Number: 3, Outcome: lifecycle.Promoted, Asked: ms(3000), Draining: ms(3010), Drained: ms(3200), Ready: ms(3400), Verdict: ms(3400)},
	{Number: 4, Outcome: lifecycle.NotReady, Asked: ms(4000), Verdict: ms(4500)},
}

func TestPhases(t *testing.T) {
	for _, c := range []struct {
		shot shot
		want Phase
	}{
		{lost(500, 501, load.Refused), Between},
		{lost(990, 1005, load.Reset), BeforeReady},
		{lost(1050, 1051, load.Status5xx), BeforeReady},
		{lost(1050, 1105, load.EOF), AtTheFlip},
		{lost(1101, 1102, load.EOF), WhileDraining},
		{lost(1300, 1500, load.Reset), WhileDraining},
		{lost(1499, 1510, load.Reset), WhileDraining}, // the client hears of it later
		{lost(1530, 1531, load.Refused), Between},
		{lost(2105, 2106, load.EOF), WhileDraining},
		{lost(2050, 12050, load.Timeout), BeforeReady}, // it is lost when it is begun
		{lost(3005, 3006, load.Refused), BeforeReady},
		{lost(3050, 3051, load.Refused), WhileStopped},
		{lost(3300, 3399, load.Refused), WhileStopped},
		{lost(3500, 3501, load.Refused), Between},
		{lost(4100, 4101, load.Refused), BeforeReady},
		{lost(4600, 4601, load.Refused), Between},
	} {
		if got := phaseOf(history, c.shot); got != c.want {
			t.Errorf("%v to %v, %s: got %q, want %q", c.shot.start, c.shot.start+c.shot.took, c.shot.kind, got, c.want)
		}
	}
}

// A handoff that Ctrl-C has interrupted has no end.
func TestPhaseOfAnInterruptedHandoff(t *testing.T) {
	all := []Handoff{{Number: 1, Asked: ms(1000)}}
	if got := phaseOf(all, lost(9000, 9001, load.EOF)); got != BeforeReady {
		t.Errorf("got %q", got)
	}
	all[0].Ready, all[0].Draining = ms(2000), ms(2000)
	if got := phaseOf(all, lost(9000, 9001, load.EOF)); got != WhileDraining {
		t.Errorf("got %q", got)
	}
}

func TestTouch(t *testing.T) {
	for _, c := range []struct {
		from, to int
		want     []int64
	}{
		{100, 900, []int64{0, 0, 0, 0}},
		{100, 1000, []int64{1, 0, 0, 0}},
		{1500, 1501, []int64{1, 0, 0, 0}},
		{1501, 1999, []int64{0, 0, 0, 0}},
		{1400, 3100, []int64{1, 1, 1, 0}},
		{4400, 9000, []int64{0, 0, 0, 1}},
		{4600, 9000, []int64{0, 0, 0, 0}},
	} {
		all := append([]Handoff{}, history...)
		in := touch(all, lost(c.from, c.to, load.EOF))
		sum := int64(0)
		for i, h := range all {
			if h.Requests != c.want[i] || h.Failed != c.want[i] {
				t.Errorf("%d to %d: handoff %d has %d requests, want %d", c.from, c.to, i+1, h.Requests, c.want[i])
			}
			sum += h.Requests
		}
		if in != (sum > 0) {
			t.Errorf("%d to %d: in a handoff: %v", c.from, c.to, in)
		}
	}
}

func TestNote(t *testing.T) {
	h := Handoff{Old: 3}
	for i, e := range []control.Event{
		{Event: "drained", Generation: 2}, // of the handoff before
		{Event: "ready", Generation: 2, Text: "never"},
		{Event: "starting", Generation: 4},
		{Event: "ready", Generation: 4, Text: "notify"},
		{Event: "draining", Generation: 3},
		{Event: "killed", Generation: 3, Text: "too late"},
		{Event: "drained", Generation: 3},
	} {
		h.note(e, ms(i+1))
	}
	want := Handoff{Old: 3, Generation: 4, Ready: ms(4), ReadyBy: "notify", Draining: ms(5), Killed: "too late", Drained: ms(7)}
	if h != want {
		t.Errorf("got  %+v\nwant %+v", h, want)
	}
}
