package main

import (
	"os"
	"testing"
	"time"
)

// The figures of this process, which has memory and is kept busy until its time
// shows in both clocks.
func TestOwnFigures(t *testing.T) {
	pid := os.Getpid()
	if size, err := resident(pid); err != nil || size < 1<<20 || size > 1<<30 {
		t.Errorf("resident: %d bytes, %v", size, err)
	}
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		used, err := ticks(pid)
		if err != nil {
			t.Fatal(err)
		}
		on, err := onCPU(pid)
		if err != nil {
			t.Fatal(err)
		}
		if used > 0 && on > 0 {
			return
		}
	}
	t.Error("a busy process used no CPU time")
}
