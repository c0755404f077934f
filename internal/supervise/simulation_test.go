//go:build unix

package supervise

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// TestSimulation runs random histories of a whole supervisor in a world of which every
// act takes its own time, by a virtual clock: so a seed is always the same history.
// SEED=n runs that one alone, STEPS=n is how many events there are to be in all. What
// fails is shrunk to few acts.
func TestSimulation(t *testing.T) {
	steps, first := number("STEPS", 30_000), uint64(number("SEED", 1))
	if testing.Short() {
		steps = min(steps, 5_000)
	}
	verdicts, done := map[lifecycle.Outcome]int{}, 0
	for seed := first; done < steps; seed++ {
		h := newHistory(seed)
		r := play(t, h)
		if r.wrong != nil {
			short := h.shrunk(func(h history) bool { return play(t, h).wrong != nil })
			again := play(t, short)
			t.Fatalf("seed %d: %v\nof %d acts these are enough: %v\nthey lead to: %v\n%s",
				seed, r.wrong, len(h.acts), short.acts, again.wrong, strings.Join(again.told, "\n"))
		}
		done += r.events
		for o, n := range r.verdicts {
			verdicts[o] += n
		}
		if os.Getenv("SEED") != "" {
			t.Log(strings.Join(r.told, "\n"))
			break
		}
	}
	t.Logf("%d events, verdicts %v", done, verdicts)
	for _, o := range []lifecycle.Outcome{lifecycle.Promoted, lifecycle.BuildBroken, lifecycle.NotReady, lifecycle.Died, lifecycle.RolledBack, lifecycle.Superseded} {
		if verdicts[o] == 0 && os.Getenv("SEED") == "" && done > 20_000 {
			t.Errorf("no history led to %q", o)
		}
	}
}

// A seed is one history.
func TestSimulationRepeats(t *testing.T) {
	for seed := range uint64(5) {
		a, b := play(t, newHistory(seed)), play(t, newHistory(seed))
		for i := range max(len(a.told), len(b.told)) {
			if i >= len(a.told) || i >= len(b.told) || a.told[i] != b.told[i] {
				t.Fatalf("seed %d is another history the second time, after %d reports:\n%s\n\n%s", seed, i,
					strings.Join(a.told[max(0, i-3):min(len(a.told), i+3)], "\n"), strings.Join(b.told[max(0, i-3):min(len(b.told), i+3)], "\n"))
			}
		}
	}
}

func number(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// history is what is done to a supervisor.
type history struct {
	seed uint64
	acts []act
}

// act is one thing that somebody does, after a while.
type act struct {
	what string
	n    int
	wait time.Duration
}

func (a act) String() string { return fmt.Sprintf("%v %s(%d)", a.wait, a.what, a.n) }

func newHistory(seed uint64) history {
	rng, h := rand.New(rand.NewPCG(seed, 1)), history{seed: seed}
	what := []string{"reload", "reload", "save", "rollback", "scale", "settings", "crash", "crash"}
	waits := []time.Duration{time.Millisecond, 100 * time.Millisecond, time.Second, 20 * time.Second, time.Minute}
	for range 20 + rng.IntN(100) {
		wait := time.Duration(rng.Int64N(int64(waits[rng.IntN(len(waits))]))) + 1
		h.acts = append(h.acts, act{what[rng.IntN(len(what))], rng.IntN(1000), wait})
	}
	return h
}

// shrunk leaves out what is not needed for the failure.
func (h history) shrunk(fails func(history) bool) history {
	tries := 0
	for size := len(h.acts) / 2; size > 0; size /= 2 {
		for i := 0; i+size <= len(h.acts) && tries < 300; tries++ {
			less := history{h.seed, slices.Delete(slices.Clone(h.acts), i, i+size)}
			if fails(less) {
				h = less
			} else {
				i += size
			}
		}
	}
	return h
}

// result is how a history went.
type result struct {
	wrong    error
	told     []string // reports
	events   int
	verdicts map[lifecycle.Outcome]int
}

// play runs a history, and in the end lets everything go well: then what is asked for
// has to serve, whole and alone. If nobody can go on any more, that is found, too.
func play(t *testing.T, h history) (r result) {
	w := &simulated{seed: h.seed, starts: map[string]int{}}
	defer func() {
		if stuck := recover(); stuck != nil {
			r = result{wrong: fmt.Errorf("it never ends: %v", stuck), told: w.told}
		}
	}()
	synctest.Test(t, func(t *testing.T) {
		w.began = time.Now()
		s := newBed(t, w)
		s.Supervisor.changed = func() { w.events++ }
		s.Supervisor.observe = w.observe
		s.Supervisor.world = w
		w.s = s.Supervisor
		s.run(func(t *testing.T, b *bed) {
			w.settings(0)
			w.reload()
			for _, a := range h.acts {
				time.Sleep(a.wait)
				w.act(a)
			}
			w.finale()
			b.Stop()
			<-b.ended
		})
		w.asked.Wait()
		if n := len(w.alive()); n > 0 {
			w.blame("%d processes are left", n)
		}
		r = result{w.wrong, w.told, w.events, w.verdicts()}
	})
	return r
}

func (w *simulated) act(a act) {
	switch a.what {
	case "reload":
		w.reload()
	case "save":
		w.s.do(func() { w.s.request(w.s.services["web"], false) })
	case "rollback":
		w.asked.Go(func() { v, err := w.s.Rollback(context.Background(), "web"); w.heard(v, err) })
	case "scale":
		w.asked.Go(func() { v, err := w.s.Scale(context.Background(), "web", 1+a.n%4); w.heard(v.Verdict, err) })
	case "settings":
		w.settings(a.n)
	case "crash":
		if all := w.alive(); len(all) > 0 {
			all[a.n%len(all)].exits(a.n%2, fmt.Sprintf("exit status %d", a.n%2))
		}
	}
}

func (w *simulated) reload() {
	w.asked.Go(func() {
		v, err := w.s.Reload(context.Background(), []string{"web"})
		w.heard(append(v, lifecycle.Verdict{})[0], err)
	})
}

// heard takes a verdict; nobody goes without one.
func (w *simulated) heard(v lifecycle.Verdict, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var nothing *NoRollbackError
	switch {
	case err != nil && !errors.As(err, &nothing):
		w.blameLocked("asked for something: %v", err)
	case err == nil && v.Outcome == "":
		w.blameLocked("a verdict of nothing")
	}
	w.outcomes = append(w.outcomes, v.Outcome)
}

// settings has n decide how the next generation lives.
func (w *simulated) settings(n int) {
	s := spec("simulated")
	p := &s.Policy
	pick := rand.New(rand.NewPCG(w.seed, uint64(n))).IntN
	p.Workers, p.Rolling, p.DrainMax = 1+pick(3), pick(2) == 0, pick(3)
	p.ReadyTimeout, p.DrainTimeout = 20*time.Second, 15*time.Second
	p.Confirm = time.Duration(pick(2)) * 7 * time.Second
	if pick(2) == 0 {
		p.Canary = lifecycle.Canary{For: 11 * time.Second, Share: 1 + pick(50)}
		if pick(2) == 0 {
			s.Canary = []string{"well"}
		}
	}
	if p.Examine = pick(3) == 0; p.Examine {
		s.Preflight = []string{"fine"}
	}
	if p.Check = pick(2) == 0 && p.Confirm > 0; p.Check {
		s.Ready.Check, s.Ready.Exec = "exec", []string{"well"}
	}
	if _, err := w.s.Apply(context.Background(), []Service{s}); err != nil {
		w.blame("cannot apply: %v", err)
	}
}

// finale: nothing fails any more.
func (w *simulated) finale() {
	w.mu.Lock()
	w.well = true
	w.mu.Unlock()
	time.Sleep(time.Hour)
	v, err := w.s.Reload(context.Background(), []string{"web"})
	if err != nil || v[0].Outcome != lifecycle.Promoted {
		w.blame("in the end a reload led to %+v, %v", v, err)
	}
	time.Sleep(time.Hour)
	all, err := w.s.Snapshot(context.Background())
	switch {
	case err != nil || len(all) != 1 || len(all[0].Generations) != 1:
		w.blame("in the end there is %+v, %v", all, err)
	case len(all[0].Generations[0].Processes) != all[0].Workers || len(w.alive()) != all[0].Workers:
		w.blame("in the end %d processes live, of %d: %+v", len(w.alive()), all[0].Workers, all[0].Generations)
	}
}
