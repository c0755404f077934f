//go:build unix

package supervise

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

func rolling(behaviour string) Service {
	s := spec(behaviour)
	s.Policy.Workers, s.Policy.Rolling = 3, true
	return s
}

// watchStaff checks after each report that enough processes are ready, and that there
// are not too many, of those that serve or are about to. It returns how many there
// were at most.
func (b *bed) watchStaff(least, most int) (peak func() int) {
	seen, former := 0, b.Supervisor.observe
	b.ask(b.Context(), func() {
		b.Supervisor.observe = func(r Report) {
			former(r)
			v := b.services["web"]
			if v == nil || v.state.Stopping {
				return
			}
			ready, all := 0, 0
			for _, g := range v.state.Generations() {
				for _, p := range g.Procs {
					if p.Phase == lifecycle.ProcReady {
						ready++
					}
				}
				if g.Phase != lifecycle.Draining {
					all += len(g.Procs)
				}
			}
			seen = max(seen, all)
			if ready < least || all > most {
				b.Errorf("after %q %d processes of %d are ready, of at least %d and at most %d", r.Kind, ready, all, least, most)
			}
		}
	})
	return func() (n int) {
		b.ask(b.Context(), func() { n, b.Supervisor.observe = seen, former })
		return n
	}
}

func testRolling(t *testing.T, b *bed) {
	b.want(b.hand(rolling("ready")), lifecycle.Promoted, 1)
	peak := b.watchStaff(3, 4)
	b.want(b.hand(rolling("ready")), lifecycle.Promoted, 2)
	b.serving(2)
	if n := peak(); n != 4 {
		t.Errorf("%d processes at most, want 4", n)
	}
	want := "starting 1, ready 1, starting 2, ready 2, replacing 2, left 1, replacing 2, left 1, draining 1, drained 1"
	if got := b.history(Starting, Ready, Replacing, Left, Draining, Drained); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func testRollingFails(t *testing.T, b *bed) {
	b.want(b.hand(rolling("ready")), lifecycle.Promoted, 1)
	peak := b.watchStaff(3, 4)
	v := b.hand(rolling("pioneer"))
	b.want(v, lifecycle.RolledBack, 1)
	if want := "exit status 3 before it was ready; the worker that it had replaced is brought back"; v.Reason != want {
		t.Errorf("reason %q, want %q", v.Reason, want)
	}
	b.until("three of the old ones serve", func() bool {
		all, _ := b.Snapshot(t.Context())
		return len(all[0].Generations) == 1 && len(all[0].Generations[0].Processes) == 3
	})
	peak()
	b.serving(1)
	b.want(b.hand(rolling("ready")), lifecycle.Promoted, 3)
}

func (b *bed) scale(n int) Scaling {
	b.Helper()
	v, err := b.Scale(b.Context(), "web", n)
	if err != nil {
		b.Fatal(err)
	}
	return v
}

// staff waits until so many processes of the newest generation are there, and no more.
func (b *bed) staff(n int) {
	b.Helper()
	b.until("there are as many workers as asked for", func() bool {
		all, _ := b.Snapshot(b.Context())
		return len(all[0].Generations) == 1 && len(all[0].Generations[0].Processes) == n
	})
}

func testScale(t *testing.T, b *bed) {
	two := spec("ready")
	two.Policy.Workers = 2
	b.want(b.hand(two), lifecycle.Promoted, 1)
	for _, n := range []int{4, 4, 1, 3} {
		v := b.scale(n)
		if v.Outcome != lifecycle.Rescale || v.Serving != 1 || v.Workers != n || v.Configured != 2 {
			t.Fatalf("scaled to %d: %+v", n, v)
		}
		b.staff(n)
	}
	b.want(b.hand(two), lifecycle.Promoted, 2)
	b.staff(3)
	if all, _ := b.Snapshot(t.Context()); all[0].Workers != 3 || all[0].Configured != 2 {
		t.Errorf("the status says %d workers, %d configured", all[0].Workers, all[0].Configured)
	}
	two.Policy.Workers = 1
	b.want(b.hand(two), lifecycle.Promoted, 3)
	b.staff(1)
	if got := b.history(Crashed); got != "" {
		t.Errorf("%s: those that left were told to", got)
	}
	if v, err := b.Scale(t.Context(), "nobody", 1); v.Outcome != "" || err != nil {
		t.Errorf("a service that is not there: %+v, %v", v, err)
	}
}

func testScaleFails(t *testing.T, b *bed) {
	b.want(b.hand(spec("pioneer")), lifecycle.Promoted, 1) // the next one will exit
	b.until("it has left a descriptor", func() bool {
		var left bool
		b.ask(t.Context(), func() { stored, release := b.services["web"].store.Take(); left = len(stored) > 0; release() })
		return left
	})
	v := b.scale(2)
	if v.Outcome != lifecycle.Died || v.Workers != 1 || !strings.Contains(v.Reason, "exit status 3") {
		t.Errorf("%+v", v)
	}
	b.staff(1)
	b.want(b.hand(spec("ready")), lifecycle.Promoted, 2)
	b.staff(1)
	if got := b.history(NotScaled, Scaled); got != "not-scaled 1" {
		t.Errorf("reported: %q", got)
	}
	late := spec("ready")
	late.Policy.Once = true
	b.settle(late)
	var fixed *FixedError
	if _, err := b.Scale(t.Context(), "web", 2); !errors.As(err, &fixed) {
		t.Errorf("one that ends by itself: %v", err)
	}
}

func testScaleAll(t *testing.T, b *bed) {
	b.want(b.hand(spec("ready")), lifecycle.Promoted, 1)
	heard := ""
	for _, step := range []struct {
		more, then int
		heard      string
	}{{1, 2, "scaled 1"}, {1, 2, ", notice 0"}, {-1, 1, ", scaled 1"}, {-1, 1, ", notice 0"}} {
		b.ScaleAll(step.more, 2)
		heard += step.heard
		b.until(heard, func() bool { return b.history(Scaled, Notice) == heard })
		b.staff(step.then)
	}
}

func testDrainMax(t *testing.T, b *bed) {
	deaf := spec("deaf")
	deaf.Policy.DrainMax, deaf.Policy.DrainTimeout = 2, time.Hour
	for n := 1; n <= 5; n++ {
		b.want(b.hand(deaf), lifecycle.Promoted, n)
	}
	b.until("the oldest is gone", func() bool {
		all, _ := b.Snapshot(t.Context())
		return len(all[0].Generations) == 3
	})
	all, _ := b.Snapshot(t.Context())
	b.Count(all)
	for _, g := range all[0].Generations[1:] {
		if g.Number != 3 && g.Number != 4 || g.Phase != lifecycle.Draining || g.Deadline.IsZero() {
			t.Errorf("left: %+v", g)
		}
	}
	if got := b.history(Killed); got != "killed 1, killed 2" {
		t.Errorf("reported: %q", got)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.log {
		if r.Kind == Killed && !strings.Contains(r.Text, "drain.max = 2") {
			t.Errorf("killed: %q", r.Text)
		}
	}
}
