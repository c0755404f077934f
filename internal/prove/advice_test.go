package prove

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/load"
)

func TestAdvice(t *testing.T) {
	fine := Handoff{Outcome: lifecycle.Promoted, Asked: ms(1000), Ready: ms(1100), ReadyBy: "notify", Draining: ms(1100), Verdict: ms(1100), Drained: ms(1112)}
	alive, killed, stopped := fine, fine, fine
	alive.ReadyBy = "alive"
	killed.Killed = "drain timeout"
	stopped.Draining, stopped.Drained = ms(1010), ms(1050)
	for _, c := range []struct {
		name     string
		handoff  Handoff
		failures []Failure
		want     []string // of each advice, seen and change
	}{
		{"none", fine, nil, nil},
		{"it exits at once", fine, []Failure{
			{Kind: load.EOF, Phase: AtTheFlip, Count: 20}, {Kind: load.Reset, Phase: WhileDraining, Kept: true, Count: 5},
		}, []string{"25 requests were cut off: it exits before its requests end (the longest drain took 12ms)", "drain on TERM: stop accepting, finish"}},
		{"idle connections only", fine, []Failure{{Kind: load.EOF, Phase: WhileDraining, Kept: true, Count: 1}},
			[]string{"1 request was cut off, all on connections that clients keep", `"Connection: close"`}},
		{"it never ends", killed, []Failure{{Kind: load.EOF, Phase: WhileDraining, Count: 2}},
			[]string{"2 requests were cut off when the old version was killed, once", "raise that"}},
		{"503 when ready", fine, []Failure{{Kind: load.Status5xx, Phase: WhileDraining, Count: 9}, {Kind: load.Status5xx, Phase: Between, Count: 1}},
			[]string{"10 requests were answered 5xx after the new version had said that it is ready", "send READY=1 only when it can answer"}},
		{"503, and only alive", alive, []Failure{{Kind: load.Status5xx, Phase: WhileDraining, Count: 9}},
			[]string{"nothing but that it was alive showed", "if it is the old version that answers so"}},
		{"503 before", fine, []Failure{{Kind: load.Status5xx, Phase: BeforeReady, Count: 9}},
			[]string{"it takes connections before it can serve", "begin to accept only when"}},
		{"stopped first", stopped, []Failure{{Kind: load.Refused, Phase: WhileStopped, Count: 1200}},
			[]string{"1,200 requests failed while nothing served", `handoff.by must not be "restart"`}},
		{"early", fine, []Failure{{Kind: load.Reset, Phase: BeforeReady, Count: 3}},
			[]string{"3 requests were cut off before the new version was ready", "leave connections alone until it is ready"}},
		{"refused", fine, []Failure{{Kind: load.Refused, Phase: WhileDraining, Count: 3}},
			[]string{"3 requests were refused", "shutdown(2)"}},
		{"hung", fine, []Failure{{Kind: load.Timeout, Phase: WhileDraining, Count: 3}},
			[]string{"3 requests were not answered within 10s", "stop accepting before the workers stop"}},
		{"not by handoffs", fine, []Failure{{Kind: load.EOF, Phase: Between, Count: 3}},
			[]string{"3 requests were lost between handoffs", "what the service itself does then"}},
		{"strange", fine, []Failure{{Kind: load.Other, Phase: AtTheFlip, Count: 3}},
			[]string{"nothing that is known", "the first of each kind"}},
		{"two things", stopped, []Failure{{Kind: load.Refused, Phase: WhileStopped, Count: 1}, {Kind: load.EOF, Phase: WhileDraining, Count: 1}},
			[]string{"while nothing served", "", "it exits before", ""}},
	} {
		r := Report{Handoffs: []Handoff{c.handoff}, Failures: c.failures}
		for _, f := range c.failures {
			r.Failed += f.Count
		}
		got := advise(r)
		if len(got)*2 != len(c.want) {
			t.Errorf("%s: got %+v", c.name, got)
			continue
		}
		for i, a := range got {
			if !strings.Contains(a.Seen, c.want[2*i]) || !strings.Contains(a.Change, c.want[2*i+1]) {
				t.Errorf("%s: got %+v, want %q", c.name, a, c.want[2*i:2*i+2])
			}
		}
	}
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 184203: "184,203", 1234567: "1,234,567"} {
		if got := grouped(n); got != want {
			t.Errorf("%d: got %s", n, got)
		}
	}
}

func TestSpread(t *testing.T) {
	for _, c := range []struct {
		of   []time.Duration
		want string
	}{
		{nil, "-"},
		{[]time.Duration{41 * time.Millisecond}, "41ms"},
		{[]time.Duration{41 * time.Millisecond, 1234 * time.Millisecond, 7 * time.Millisecond}, "7ms to 1.23s"},
	} {
		if got := spread(c.of); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}
