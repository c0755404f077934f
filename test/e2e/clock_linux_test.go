package e2e

import (
	"errors"
	"flag"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

var jumps = flag.Bool("clock", false, "have the clock of the whole machine jump, for less than a second each; needs root")

// TestClockJump hands off while the time of day goes back by half an hour, and while it
// goes forth again. Nobody loses a request, nothing is late, and nothing too early.
func TestClockJump(t *testing.T) {
	if !*jumps {
		t.Skip("the clock of the whole machine would jump: go test -run TestClockJump ./test/e2e -clock")
	}
	for _, c := range []load.Config{{Load: load.HTTP, Workers: 4, Rate: 400}, {Load: load.Keepalive, Workers: 4, Rate: 400}} {
		t.Run(string(c.Load), func(t *testing.T) {
			again(t, "http", c, 25, func(s *supervised, l *loading) {
				s.hangUp()
				back := jump(t, -30*time.Minute)
				l.awaitAnswer(s.newest())
				s.hangUp()
				back()
				l.awaitAnswer(s.newest())
			})
		})
	}
}

// jump moves the time of day, and returns what moves it back: as the test ends at the
// latest.
func jump(t *testing.T, by time.Duration) (back func()) {
	t.Helper()
	shift := func(by time.Duration) error {
		var now unix.Timespec
		err := unix.ClockGettime(unix.CLOCK_REALTIME, &now)
		then := unix.NsecToTimeval(now.Nano() + by.Nanoseconds())
		return errors.Join(err, unix.Settimeofday(&then))
	}
	if err := shift(by); err != nil {
		t.Fatalf("cannot set the clock: %v", err)
	}
	moved := true
	back = func() {
		if !moved {
			return
		}
		if moved = false; shift(-by) != nil {
			t.Errorf("the clock is wrong now, by %v", by)
		}
	}
	t.Cleanup(back)
	return back
}
