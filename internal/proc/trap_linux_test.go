//go:build !startagain

package proc

import (
	"os"
	"testing"
)

// Who asks for a trap gets one, and the program runs.
func TestTrap(t *testing.T) {
	for _, trap := range []bool{false, true} {
		var l Launcher
		p, out := start(t, &l, Spec{Trap: trap}, "echo runs")
		if got := line(t, out); got != "runs" {
			t.Errorf("it says %q", got)
		}
		if exit := p.Wait(); exit.Code != 0 {
			t.Error(exit)
		}
		file, err := p.Trap()
		if err != nil || (file != nil) != trap {
			t.Errorf("trap %v: %v, %v", trap, file, err)
		}
		if file != nil {
			file.Close()
		}
	}
}

// A program that cannot be executed leaves no trap behind.
func TestTrapOfNothing(t *testing.T) {
	var l Launcher
	before := openFDs(t)
	if p, err := l.Start(t.Context(), Spec{Path: "/no/such/program", Args: []string{"x"}, Trap: true}); err == nil {
		t.Fatal("it runs as", p.PID())
	}
	if after := openFDs(t); after > before {
		t.Errorf("%d descriptors are open, %d were", after, before)
	}
}

func openFDs(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}
