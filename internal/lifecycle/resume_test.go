package lifecycle

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"
)

// resume begins the world with what a killed supervisor left in it: any number of
// generations with any of their processes, some of which were told to drain.
func (w *world) resume() error {
	e := Resumed{Last: w.pick(3)}
	number, proc := 0, 0
	left := func() Generation {
		number += 1 + w.pick(2)
		g := Generation{Number: number, Origin: number, Artifact: fmt.Sprint(w.pick(2)),
			Request: Request{Policy: Policy{ReadyTimeout: time.Minute, DrainTimeout: time.Minute}}}
		w.version[number] = 0
		for slot := range 1 + w.pick(3) {
			proc++
			g.Procs = append(g.Procs, Proc{ID: proc, Slot: slot})
			w.procs[proc] = process{generation: number, ready: true}
		}
		return g
	}
	for range w.pick(3) {
		e.Draining = append(e.Draining, left())
	}
	if w.pick(3) > 0 {
		e.Serving = left()
		e.Serving.Artifact = "" // of no version that this world builds
	}
	e.LastProc = w.pick(2 + proc)
	return w.apply(e, false)
}

// The promise holds for what goes on as for what was begun here.
func TestSimulationOfTheResumed(t *testing.T) {
	steps := environ("STEPS", 150_000)
	if testing.Short() {
		steps = 50_000
	}
	promoted := 0
	for seed, done := uint64(environ("SEED", 1)), 0; done < steps; seed++ {
		w := newWorld(rand.New(rand.NewPCG(seed, 1)).IntN)
		if err := w.resume(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for range 200 {
			if err := w.step(); err != nil {
				t.Fatalf("seed %d, step %d: %v", seed, w.steps, err)
			}
		}
		// Somebody always asks for the first generation.
		if err := w.apply(w.request(), false); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if err := w.settle(); err != nil {
			t.Fatalf("seed %d, at rest: %v", seed, err)
		}
		done += w.steps
		promoted += w.seen[Promoted]
		if os.Getenv("SEED") != "" {
			break
		}
	}
	if promoted == 0 {
		t.Error("nothing was ever promoted")
	}
}

func leftBehind() Resumed {
	p := Policy{ReadyTimeout: time.Minute, DrainTimeout: 7 * time.Second, Watchdog: time.Second}
	return Resumed{
		Last: 9, LastProc: 30,
		Serving:  Generation{Number: 5, Origin: 5, Artifact: "five", Request: Request{Policy: p}, Procs: []Proc{{ID: 11}, {ID: 12, Slot: 1}}},
		Draining: []Generation{{Number: 4, Origin: 4, Request: Request{Policy: p}, Procs: []Proc{{ID: 8}}}},
	}
}

func TestResumed(t *testing.T) {
	s, effects := Next(State{}, leftBehind())
	want := []Effect{Terminate{4, 8}, SetTimer{Timer{DrainDeadline, 4, 0}, 7 * time.Second}}
	if !reflect.DeepEqual(effects, want) {
		t.Errorf("effects are %+v, want %+v", effects, want)
	}
	if s.Serving.Number != 5 || s.Serving.Phase != Serving || !s.Serving.Ready() {
		t.Errorf("what serves is %+v", s.Serving)
	}
	// What is new gets new numbers, and is promoted as ever.
	s, effects = Next(s, Requested{Policy: Policy{DrainTimeout: time.Second}, Force: true})
	if !reflect.DeepEqual(effects, []Effect{Build{Generation: 10}}) {
		t.Fatalf("effects are %+v", effects)
	}
	s, effects = Next(s, Built{Generation: 10, Artifact: "five"})
	if f, ok := effects[0].(Spawn); !ok || f.Proc != 31 || s.Serving.Number != 5 {
		t.Fatalf("effects are %+v, %d serves", effects, s.Serving.Number)
	}
	s, _ = Next(s, Ready{10, 31})
	if s.Serving.Number != 10 || len(s.Draining) != 2 {
		t.Errorf("after the promotion: %+v", s)
	}
}

// A successor that fails leaves what survived in service, and says so.
func TestResumedOutlivesABadSuccessor(t *testing.T) {
	s, _ := Next(State{}, leftBehind())
	s, _ = Next(s, Requested{Ticket: 1, Force: true})
	s, effects := Next(s, BuildFailed{Generation: 10, Reason: "broken"})
	answer := effects[len(effects)-1]
	if answer != (Answer{1, Verdict{Outcome: BuildBroken, Generation: 10, Serving: 5, Reason: "broken"}}) {
		t.Errorf("the answer is %+v", answer)
	}
	if !s.Serving.Ready() {
		t.Errorf("what serves is %+v", s.Serving)
	}
}

// What another supervisor has drain is waited for, and started again if its successor
// fails.
func TestResumedWithAFallback(t *testing.T) {
	left := leftBehind()
	left.Draining[0].Artifact = "four"
	left.Serving, left.Fallback = Generation{}, left.Draining[0]
	s, _ := Next(State{}, left)
	s, _ = Next(s, Requested{Ticket: 1, Force: true})
	s, effects := Next(s, Built{Generation: 10, Artifact: "ten", Exclusive: true})
	if len(effects) > 0 || s.Incoming.Phase != Waiting {
		t.Fatalf("it does not wait: %+v, %+v", effects, s.Incoming)
	}
	s, effects = Next(s, Exited{Generation: 4, Proc: 8})
	if !slices.Contains(effects, Effect(Spawn{10, 10, 31, 0})) {
		t.Fatalf("it does not start: %+v", effects)
	}
	s, effects = Next(s, Exited{Generation: 10, Proc: 31, Reason: "exit status 1"})
	if !slices.Contains(effects, Effect(Spawn{11, 4, 32, 0})) || s.Serving.Artifact != "four" {
		t.Errorf("what was there is not started again: %+v, %+v", effects, s.Serving)
	}
}

// It is not for a service that lives already, nor for one that is to end.
func TestResumedOnlyAtTheBeginning(t *testing.T) {
	begun, _ := Next(State{}, Requested{})
	stopped, _ := Next(State{}, Stop{})
	for _, s := range []State{begun, stopped} {
		if next, effects := Next(s, leftBehind()); len(effects) > 0 || !reflect.DeepEqual(next, s) {
			t.Errorf("%+v became %+v with %+v", s, next, effects)
		}
	}
}

// FuzzResumed lets the fuzzer choose what is left, and the history.
func FuzzResumed(f *testing.F) {
	f.Add([]byte{2, 2, 1, 1, 2, 0, 0, 0, 2, 1, 1, 5})
	f.Add([]byte("two drain, one serves, a save"))
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
		if err := w.resume(); err != nil {
			t.Fatal(err)
		}
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
