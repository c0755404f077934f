package supervise

import "testing"

type waiting struct {
	Child
	told bool
}

func (w *waiting) Alone() { w.told = true }

// Each generation waits for the ones before it alone: if three are there at a time, and
// the first ends, the second may go on, or it would never drain.
func TestTellAlone(t *testing.T) {
	of := map[int]*waiting{1: {}, 2: {}, 3: {}}
	v := &service{gens: map[int]*generation{}}
	for n, w := range of {
		v.gens[n] = &generation{number: n, procs: map[int]*process{n: {child: w}, 10 + n: {}}}
	}
	check := func(when string, want ...int) {
		t.Helper()
		v.tellAlone()
		told := map[int]bool{}
		for _, n := range want {
			told[n] = true
		}
		for n, w := range of {
			if w.told != told[n] {
				t.Errorf("%s: generation %d is told: %v", when, n, w.told)
			}
		}
	}
	check("three", 1)
	clear(v.gens[1].procs)
	check("two", 1, 2)
	clear(v.gens[2].procs)
	check("one", 1, 2, 3)
	clear(v.gens[3].procs)
	check("none", 1, 2, 3)
}
