package supervise

import (
	"io"
	"os"
	"testing"
	"time"
)

// Whoever gives memory back is told when the next build is prepared, which is long after
// the last report; of a service that has nothing to prepare he is told nothing.
func TestPrepared(t *testing.T) {
	t.Parallel()
	f := newSources(t, workspace)
	told := make(chan struct{}, 2)
	y := &System{Prepared: func() {
		if _, err := os.Stat(f.path("store/.fast-lone/plans.json")); err != nil {
			t.Errorf("it is told too early: %v", err)
		}
		told <- struct{}{}
	}}
	plain, fast := f.service("web"), f.service("lone")
	fast.Build.Fast = true
	for _, s := range []Service{plain, fast} {
		if _, err := y.Build(t.Context(), s, io.Discard); err != nil {
			t.Fatal(err)
		}
		y.prepare(t.Context(), s)
	}
	select {
	case <-told:
	case <-time.After(time.Minute):
		t.Fatal("nobody is told that the build is prepared")
	}
	y.jobs.Wait()
	if len(told) > 0 {
		t.Error("told twice")
	}
}
