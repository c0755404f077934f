package e2e

import (
	"os"
	"testing"
)

// rounds is how many handoffs, good and bad, there are in a row.
const rounds = 100

// After a hundred handoffs of which half are bad, a supervisor needs what it needed after
// the first two, and has as many goroutines.
func TestRoundsOfGoodAndBad(t *testing.T) {
	t.Parallel()
	s := startSurvivor(t, byMessage)
	bad := []struct {
		put  func()
		want string
	}{
		{func() { s.script("exit 1") }, "exit status 1"},
		{func() { os.Remove(s.program) }, "no such file"},
		{func() { replaceFile(t, s.program, []byte("#!/bin/sh\n"), 0o644) }, "permission denied"},
		{func() { replaceFile(t, s.program, []byte("\x7fELFnothing"), 0o755) }, "exec format error"},
		{func() { s.faulty("-unready -panic 1ms") }, "exit status 2"},
	}
	for n := range rounds / 2 {
		b := bad[n%len(bad)]
		b.put()
		s.reloads(4, b.want)
		s.promotes()
		s.awaitSettled(most)
		if (n+1)%10 == 0 {
			s.awaitSettled(1)
			s.awaitServing()
			t.Logf("after %d rounds: %v", 2*(n+1), s.awaitFigures(s.rest))
		}
	}
	s.lostAtMost(0)
	after := s.awaitFigures(s.rest)
	// Threads wait for more work, and are never given back.
	if after.threads > s.rest.threads+8 {
		t.Errorf("threads grew from %d to %d", s.rest.threads, after.threads)
	}
	fresh := startSurvivor(t, "")
	fresh.lostAtMost(0)
	few, many := fresh.goroutines(t), s.goroutines(t)
	t.Logf("at rest before: %v, %d goroutines; after: %v, %d goroutines", s.rest, few, after, many)
	if few == 0 || many > few {
		t.Errorf("goroutines: %d after one handoff, %d after %d", few, many, rounds)
	}
}
