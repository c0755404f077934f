package footprint

import (
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
