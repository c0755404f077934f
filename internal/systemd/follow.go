package systemd

import (
	"context"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
)

// Follow keeps systemd informed until ctx ends: after each value of changed, and at
// the beginning, it sends STATUS=, and if the unit has WatchdogSec= it sends
// WATCHDOG=1 twice in that time. For either it asks how everything stands, which
// the main loop has to answer: if it does not turn any more, the watchdog bites.
// What cannot be sent is told to failed; the next message is tried nevertheless.
func (m *Manager) Follow(ctx context.Context, changed <-chan struct{}, ask func(context.Context) (control.Status, error), failed func(error)) {
	if m == nil {
		return
	}
	f := follower{manager: m, ask: ask, failed: failed}
	var tick <-chan time.Time
	if m.watchdog > 0 {
		t := time.NewTicker(m.watchdog / 2)
		defer t.Stop()
		tick = t.C
	}
	for {
		f.report(ctx)
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-tick:
		}
	}
}

type follower struct {
	manager *Manager
	ask     func(context.Context) (control.Status, error)
	failed  func(error)
	said    string
}

// report waits for the loop's answer as long as it takes: silence is the message.
func (f *follower) report(ctx context.Context) {
	st, err := f.ask(ctx)
	if err != nil {
		return // it is ending
	}
	if f.manager.watchdog > 0 {
		f.tell(f.manager.Watchdog())
	}
	if text := StatusText(st); text != f.said {
		f.said = text
		f.tell(f.manager.Status(text))
	}
}

func (f *follower) tell(err error) {
	if err != nil {
		f.failed(err)
	}
}
