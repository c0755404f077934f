package lifecycle

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
)

// usualSteps is how long it is if nobody says, see race_test.go.
var usualSteps = 1_000_000

// TestSimulation runs random histories against the model world. SEED=n runs that
// one alone, STEPS=n makes it longer. What fails is shrunk to few choices.
func TestSimulation(t *testing.T) {
	steps := environ("STEPS", usualSteps)
	if testing.Short() {
		steps = 100_000
	}
	first, seen, reached, done := uint64(environ("SEED", 1)), map[Outcome]int{}, map[string]int{}, 0
	for seed := first; done < steps; seed++ {
		rng, chosen := rand.New(rand.NewPCG(seed, 0)), []byte(nil)
		w := newWorld(func(n int) int {
			i := rng.IntN(n)
			chosen = append(chosen, byte(i))
			return i
		})
		for range 50 + rng.IntN(2_000) {
			if err := w.step(); err != nil {
				t.Fatalf("seed %d, step %d: %v%s", seed, w.steps, err, enough(chosen))
			}
		}
		// Whatever was under way, a stop ends.
		if w.pick(2) == 0 && !w.stopped {
			w.stopped = true
			if err := w.apply(Stop{}, false); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
		if err := w.settle(); err != nil {
			t.Fatalf("seed %d, at rest: %v%s", seed, err, enough(chosen))
		}
		done += w.steps
		for o, n := range w.seen {
			seen[o] += n
		}
		for what, n := range w.reached {
			reached[what] += n
		}
		if os.Getenv("SEED") != "" {
			break
		}
	}
	t.Logf("%d steps, verdicts %v, met %v", done, seen, reached)
	if m := missing(reached); m != "" && os.Getenv("SEED") == "" {
		t.Errorf("no history led to %s", m)
	}
	for _, o := range []Outcome{Promoted, Unchanged, BuildBroken, NotReady, Died, RolledBack, Superseded, Ended, Rescale} {
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
		if err := relive(history); err != nil {
			t.Fatal(err)
		}
	})
}

// relive takes each choice from a list, and lets all end well then.
func relive(history []byte) error {
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
			return err
		}
	}
	return w.settle()
}

// enough says which few choices lead to a failure, if it was none of the last stop.
func enough(history []byte) string {
	if relive(history) == nil {
		return ""
	}
	short := shrunk(history)
	return fmt.Sprintf("\nthese choices are enough for FuzzNext: %q: %v", short, relive(short))
}

// shrunk leaves out choices as long as it fails.
func shrunk(history []byte) []byte {
	for size := len(history) / 2; size > 0; size /= 2 {
		for i := 0; i+size <= len(history); {
			less := slices.Delete(slices.Clone(history), i, i+size)
			if relive(less) != nil {
				history = less
			} else {
				i += size
			}
		}
	}
	return history
}

func environ(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}
