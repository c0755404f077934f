package footprint

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestBound(t *testing.T) {
	before := debug.SetGCPercent(70)
	defer debug.SetGCPercent(before)
	t.Setenv("GOGC", "70")
	Bound()
	if now := debug.SetGCPercent(70); now != 70 {
		t.Errorf("with GOGC=70 it is %d", now)
	}
	t.Setenv("GOGC", "")
	Bound()
	if now := debug.SetGCPercent(70); now != growth {
		t.Errorf("without GOGC it is %d, want %d", now, growth)
	}
}

func TestProcessors(t *testing.T) {
	t.Cleanup(runtime.SetDefaultGOMAXPROCS)
	runtime.SetDefaultGOMAXPROCS()
	const before = 7
	all := runtime.GOMAXPROCS(before)
	for _, c := range []struct {
		said string
		all  bool
		want int
	}{{"", false, 1}, {"", true, all}, {"3", false, before}, {"3", true, before}} {
		t.Setenv("GOMAXPROCS", c.said)
		runtime.GOMAXPROCS(before)
		Processors(c.all)
		if now := runtime.GOMAXPROCS(0); now != c.want {
			t.Errorf("GOMAXPROCS=%s, all %v: %d processors, want %d", c.said, c.all, now, c.want)
		}
	}
}
