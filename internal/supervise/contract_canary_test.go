//go:build unix

package supervise

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// canary is four workers of which one is tried on a tenth of the connections, or what
// comes next to it.
func canary(behaviour, check string, lasts time.Duration) Service {
	s := spec(behaviour)
	s.Policy.Workers, s.Policy.Canary = 4, lifecycle.Canary{For: lasts, Share: 10}
	if check != "" {
		s.Canary = []string{"service", check}
	}
	return s
}

// long is so much that no test waits for its end.
const long = time.Hour

// trying asks for a handoff and waits until the new generation is tried.
func (b *bed) trying(s Service) (verdict <-chan lifecycle.Verdict, as Snapshot) {
	b.Helper()
	b.settle(s)
	answer := make(chan lifecycle.Verdict, 1)
	go func() { answer <- b.reload()[0] }()
	b.until("it is tried", func() bool {
		all, _ := b.Snapshot(b.Context())
		as = all[0]
		return as.Generations[0].Phase == lifecycle.Trying
	})
	return answer, as
}

func testCanary(t *testing.T, b *bed) {
	b.want(b.hand(canary("ready", "ill", long)), lifecycle.Promoted, 1) // there is nothing to try it beside
	began := time.Now()
	b.want(b.hand(canary("ready", "fine", 300*time.Millisecond)), lifecycle.Promoted, 2)
	if took := time.Since(began); took < 300*time.Millisecond {
		t.Errorf("it was tried for %v", took)
	}
	if g := b.serving(2); len(g.Processes) != 4 {
		t.Errorf("in the end: %+v", g)
	}
	want := "starting 1, ready 1, serving 1, starting 2, ready 2, canary 2, canary-passed 2, serving 2, draining 1, drained 1"
	if got := b.history(Starting, Ready, Trying, Tried, Serving, Draining, Drained); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// Whatever speaks against it, the old one is whole and serves on.
func testCanaryFails(t *testing.T, b *bed) {
	b.want(b.hand(canary("ready", "", long)), lifecycle.Promoted, 1)
	for i, c := range []struct{ check, reason string }{
		{"", "signal: killed during its canary"},
		{"ill", "a check failed during its canary: "},
		{"ailing", "a check failed during its canary: "},
	} {
		s := canary("ready", c.check, long)
		var verdict lifecycle.Verdict
		if c.check != "" {
			verdict = b.hand(s)
		} else {
			answer, as := b.trying(s)
			g := as.Generations
			if len(g) != 2 || len(g[0].Processes) != 1 || len(g[1].Processes) != 4 || g[0].Share != 20 || g[0].Deadline.IsZero() {
				t.Errorf("it stands as %+v", as)
			}
			b.child().Kill()
			verdict = <-answer
		}
		b.want(verdict, lifecycle.RolledBack, 1)
		if verdict.Generation != i+2 || !strings.HasPrefix(verdict.Reason, c.reason) {
			t.Errorf("%q: %+v", c.check, verdict)
		}
		if g := b.serving(1); len(g.Processes) != 4 {
			t.Errorf("in the end: %+v", g)
		}
	}
	if got := b.history(Draining); strings.Contains(got, "draining 1") {
		t.Errorf("%s: the old one never leaves", got)
	}
	if got := b.history(Tried); got != "" {
		t.Errorf("%s: it never passed", got)
	}
}

// What is asked for meanwhile comes next, and whoever asked before hears of it.
func testCanaryOvertaken(t *testing.T, b *bed) {
	b.builds <- build{hash: "a"}
	b.want(b.hand(canary("ready", "", 100*time.Millisecond)), lifecycle.Promoted, 1)
	b.builds <- build{hash: "b"}
	first, _ := b.trying(canary("ready", "", long))
	b.builds <- build{hash: "c"}
	second, _ := b.trying(canary("ready", "", 200*time.Millisecond))
	b.want(<-first, lifecycle.RolledBack, 1)
	b.want(<-second, lifecycle.Promoted, 3)
	b.builds <- build{hash: "d"}
	third, _ := b.trying(canary("ready", "", long))
	back, err := b.Rollback(t.Context(), "web")
	if err != nil {
		t.Fatal(err)
	}
	b.want(back, lifecycle.Unchanged, 3)
	v := <-third
	b.want(v, lifecycle.RolledBack, 3)
	if v.Reason != "a rollback was asked for during its canary" {
		t.Errorf("reason %q", v.Reason)
	}
	b.serving(3)
	// Whoever goes back is in a hurry.
	back, err = b.Rollback(t.Context(), "web")
	if err != nil {
		t.Fatal(err)
	}
	if back.Outcome != lifecycle.Promoted || back.Artifact != "a" {
		t.Errorf("%+v", back)
	}
	if got := b.history(Trying); got != "canary 2, canary 3, canary 4" {
		t.Errorf("tried: %s", got)
	}
}

func testCanaryRolling(t *testing.T, b *bed) {
	s := canary("ready", "", 100*time.Millisecond)
	s.Policy.Rolling = true
	b.want(b.hand(s), lifecycle.Promoted, 1)
	peak := b.watchStaff(4, 5)
	b.want(b.hand(s), lifecycle.Promoted, 2)
	b.serving(2)
	if n := peak(); n != 5 {
		t.Errorf("%d processes at most, want 5", n)
	}
	if got := b.history(Trying, Tried); got != "canary 2, canary-passed 2" {
		t.Error(got)
	}
}

// The check is asked again and again until the time is over, and once more then; it is
// told what it needs to know.
func TestCanaryChecks(t *testing.T) {
	withFakes(t, func(t *testing.T, b *bed) {
		b.want(b.hand(canary("ready", "", long)), lifecycle.Promoted, 1)
		b.builds <- build{hash: "b"}
		s := canary("ready", "fine", 9*time.Second)
		s.Sockets = on("a").Sockets
		b.want(b.hand(s), lifecycle.Promoted, 2)
		w := b.world.(*fakeWorld)
		if len(w.trials) != 6 { // at 0, 2, 4, 6, 8 and 9 s
			t.Errorf("asked %d times", len(w.trials))
		}
		trial := w.trials[0]
		if trial.Generation != 2 || trial.Artifact != "b" || trial.Share != 20 || trial.Serving != 1 ||
			len(trial.Children) != 1 || len(trial.Others) != 4 || !slices.Equal(trial.Addresses, []string{"tcp://a"}) {
			t.Errorf("told %+v", trial)
		}
	})
}

// What the settings ask for and cannot be is said: half of the connections is the
// least that one worker beside another gets.
func TestCanaryOfOneWorker(t *testing.T) {
	withFakes(t, func(t *testing.T, b *bed) {
		s := canary("ready", "", time.Second)
		s.Policy.Workers = 1
		b.want(b.hand(s), lifecycle.Promoted, 1)
		b.want(b.hand(s), lifecycle.Promoted, 2)
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, r := range b.log {
			if want := "50% of new connections for 1s, 1 worker beside 1; 10% would take another number of workers"; r.Kind == Trying && r.Text != want {
				t.Errorf("it says %q, want %q", r.Text, want)
			}
		}
	})
}

// A version that must be alone is not tried, and that is said once.
func TestCanaryOfOneThatMustBeAlone(t *testing.T) {
	withFakes(t, func(t *testing.T, b *bed) {
		s := canary("ready", "", long)
		s.Overlap = false
		for n := range 3 {
			b.want(b.hand(s), lifecycle.Promoted, n+1)
		}
		if got := b.history(Trying); got != "" {
			t.Error(got)
		}
		said := 0
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, r := range b.log {
			if strings.HasPrefix(r.Text, "handoff.canary has no effect: ") {
				said++
			}
		}
		if said != 1 {
			t.Errorf("said %d times", said)
		}
	})
}

// Where connections go while one is tried: a share of them, all once it is to be
// confirmed, and none if it has failed.
func TestDirection(t *testing.T) {
	p := lifecycle.Policy{Canary: lifecycle.Canary{For: long, Share: 7, Steered: true}, Confirm: long}
	v := &service{}
	for _, step := range []struct {
		event lifecycle.Event
		want  direction
	}{
		{lifecycle.Requested{Policy: p}, direction{}},
		{lifecycle.Built{Generation: 1}, direction{}},
		{lifecycle.Ready{Generation: 1, Proc: 1}, direction{at: 1}},
		{lifecycle.Requested{Policy: p, Force: true}, direction{at: 1}},
		{lifecycle.Built{Generation: 2}, direction{at: 1}},
		{lifecycle.Ready{Generation: 2, Proc: 2}, direction{at: 1, tried: 2, share: 7}},
		{lifecycle.Exited{Generation: 2, Proc: 2}, direction{at: 1}},
		{lifecycle.Requested{Policy: p, Force: true}, direction{at: 1}},
		{lifecycle.Built{Generation: 3}, direction{at: 1}},
		{lifecycle.Ready{Generation: 3, Proc: 3}, direction{at: 1, tried: 3, share: 7}},
		{lifecycle.Expired{Timer: lifecycle.Timer{Role: lifecycle.CanaryEnd, Generation: 3}}, direction{at: 3}},
		{lifecycle.Expired{Timer: lifecycle.Timer{Role: lifecycle.ConfirmEnd, Generation: 3}}, direction{at: 3}},
	} {
		v.state, _ = lifecycle.Next(v.state, step.event)
		if got := v.direction(); got != step.want {
			t.Errorf("after %#v: %+v, want %+v", step.event, got, step.want)
		}
	}
}
