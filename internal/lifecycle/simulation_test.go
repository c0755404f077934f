package lifecycle

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// TestSimulation runs random histories against the model world. SEED=n runs that
// one alone, STEPS=n makes it longer.
func TestSimulation(t *testing.T) {
	steps := environ("STEPS", 1_200_000)
	if testing.Short() {
		steps = 100_000
	}
	first, seen, done := uint64(environ("SEED", 1)), map[Outcome]int{}, 0
	for seed := first; done < steps; seed++ {
		w := newWorld(rand.New(rand.NewPCG(seed, 0)).IntN)
		for range 2_000 {
			if err := w.step(); err != nil {
				t.Fatalf("seed %d, step %d: %v", seed, w.steps, err)
			}
		}
		if err := w.settle(); err != nil {
			t.Fatalf("seed %d, at rest: %v", seed, err)
		}
		done += w.steps
		for o, n := range w.seen {
			seen[o] += n
		}
		if os.Getenv("SEED") != "" {
			break
		}
	}
	t.Logf("%d steps, verdicts %v", done, seen)
	for _, o := range []Outcome{Promoted, Unchanged, BuildBroken, NotReady, Died, RolledBack, Superseded, Ended} {
		if seen[o] == 0 && os.Getenv("SEED") == "" {
			t.Errorf("no history led to %q: the simulation does not reach it", o)
		}
	}
}

// FuzzNext lets the fuzzer choose the history.
func FuzzNext(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 5, 5, 0, 0, 2, 1, 1, 5})
	f.Add([]byte("a save, a build, a crash, a save"))
	f.Fuzz(func(t *testing.T, history []byte) {
		left := history
		w := newWorld(func(n int) int {
			if len(left) == 0 {
				return 0
			}
			b := left[0]
			left = left[1:]
			return int(b) % n
		})
		for len(left) > 0 {
			if err := w.step(); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.settle(); err != nil {
			t.Fatal(err)
		}
	})
}

func environ(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}
