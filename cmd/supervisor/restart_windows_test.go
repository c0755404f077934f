package main

import (
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// A service that must not run twice is stopped before its next version starts. New
// connections wait meanwhile, and what is in flight finishes.
func TestStoppedFirst(t *testing.T) {
	const handoffs = 5
	s := begin(t, "run", "handoff.by = 'restart'")
	at := s.address()
	stop := loaded(t,
		load.Config{Load: load.HTTP, Address: at, Rate: 20, Workers: 2, Timeout: limit},
		load.Config{Load: load.Slow, Address: at, Path: "/?d=1s", Timeout: limit},
	)
	for n := 2; n <= handoffs+1; n++ {
		v := s.reload()
		if v.Outcome != lifecycle.Promoted || v.Generation != n {
			t.Fatalf("handoff %d: %+v", n-1, v)
		}
	}
	for i, r := range stop() {
		if t.Log(r); r.Failed() > 0 || len(r.Versions) < 2 {
			t.Errorf("load %d: %v", i, r)
		}
	}
	s.stop()
}
