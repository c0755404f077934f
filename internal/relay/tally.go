package relay

import (
	"sync"
	"time"
)

// tallyTime is how far apart two lines of the log about the same thing are.
const tallyTime = 5 * time.Second

// tally counts what would be too many lines: the first is reported at once, what
// follows together after a while.
type tally struct {
	report func(n int)

	mu    sync.Mutex
	n     int
	timer *time.Timer // runs while there was a report not long ago
	jobs  sync.WaitGroup
}

func (t *tally) add() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.timer != nil {
		t.n++
		return
	}
	t.report(1)
	t.again()
}

func (t *tally) again() {
	t.jobs.Add(1)
	t.timer = time.AfterFunc(tallyTime, func() {
		defer t.jobs.Done()
		t.mu.Lock()
		defer t.mu.Unlock()
		n := t.n
		t.n, t.timer = 0, nil
		if n > 0 {
			t.report(n)
			t.again()
		}
	})
}

// wait ends it. What was counted last is reported.
func (t *tally) wait() {
	t.mu.Lock()
	if t.timer != nil && t.timer.Stop() {
		t.jobs.Done()
		if t.n > 0 {
			t.report(t.n)
		}
		t.n = 0
	}
	t.mu.Unlock()
	t.jobs.Wait()
}
