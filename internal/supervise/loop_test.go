//go:build unix

package supervise

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

func withFakes(t *testing.T, test func(*testing.T, *bed)) {
	synctest.Test(t, func(t *testing.T) { newBed(t, newFakeWorld()).run(test) })
}

// A process that is told to drain while it is being started is told when it is there.
func TestDrainDuringStart(t *testing.T) {
	withFakes(t, func(t *testing.T, b *bed) {
		b.settle(spec("late"))
		go b.Reload(t.Context(), []string{"web"})
		time.Sleep(time.Millisecond)
		b.Stop()
		<-b.ended
		if got := b.history(Draining, Drained, Killed); got != "draining 1, drained 1" {
			t.Error(got)
		}
	})
}

// Whoever hears a verdict finds reported what it has led to.
func TestVerdictComesLast(t *testing.T) {
	withFakes(t, func(t *testing.T, b *bed) {
		b.settle(spec("ready"))
		wait, former := make(chan lifecycle.Verdict, 1), b.Supervisor.observe
		b.ask(t.Context(), func() {
			b.Supervisor.observe = func(r Report) {
				if len(wait) > 0 {
					t.Errorf("the verdict is out before %q is reported", r.Kind)
				}
				former(r)
			}
			b.requestFor(b.services["web"], "", wait)
		})
		b.serving(1) // nobody takes the verdict before
		b.want(<-wait, lifecycle.Promoted, 1)
	})
}

// READY=1 from a process that is none of the service's is not believed.
func TestStrangerIsNotHeard(t *testing.T) {
	withFakes(t, func(t *testing.T, b *bed) {
		b.want(b.hand(spec("forged")), lifecycle.NotReady, 0)
		if got := b.history(Notice); got != "notice 1" {
			t.Errorf("reported: %q", got)
		}
	})
}

// A timer that was set anew while its former expiry waited for the loop does not expire.
func TestTimerSetAnew(t *testing.T) {
	withFakes(t, func(t *testing.T, b *bed) {
		b.want(b.hand(spec("deaf")), lifecycle.Promoted, 1)
		drain := lifecycle.Timer{Role: lifecycle.DrainDeadline, Generation: 1}
		b.want(b.hand(spec("ready")), lifecycle.Promoted, 2)
		b.ask(t.Context(), func() {
			v := b.services["web"]
			b.setTimer(v, drain, time.Millisecond)
			time.Sleep(time.Second) // it has fired, and waits for this call to end
			b.setTimer(v, drain, time.Minute)
		})
		synctest.Wait()
		if got := b.history(Killed); got != "" {
			t.Errorf("%s by an expiry of the past", got)
		}
	})
}

// EXTEND_TIMEOUT_USEC never makes a deadline earlier.
func TestExtendOnlyGives(t *testing.T) {
	withFakes(t, func(t *testing.T, b *bed) {
		b.want(b.hand(spec("ready")), lifecycle.Promoted, 1)
		b.ask(t.Context(), func() {
			v, timer := b.services["web"], lifecycle.Timer{Role: lifecycle.ReadyDeadline, Generation: 9}
			b.setTimer(v, timer, time.Minute)
			b.extendTimer(v, timer, time.Second)
			if left := time.Until(v.timers[timer].at); left != time.Minute {
				t.Errorf("%v left, of a minute", left)
			}
			b.extendTimer(v, timer, time.Hour)
			if left := time.Until(v.timers[timer].at); left != time.Hour {
				t.Errorf("%v left, of an hour", left)
			}
			v.stopTimer(timer)
		})
	})
}

// A version whose messages cannot be received is refused at once, and the verdict says
// why.
func TestUnheard(t *testing.T) {
	withFakes(t, func(t *testing.T, b *bed) {
		b.want(b.hand(spec("ready")), lifecycle.Promoted, 1)
		v := b.hand(spec("unheard"))
		b.want(v, lifecycle.NotReady, 1)
		if want := "cannot receive notifications: no memory"; v.Reason != want {
			t.Errorf("the verdict says %q, want %q", v.Reason, want)
		}
		// It may have accepted, so it is not killed.
		if got := b.history(Killed, Draining); got != "draining 2" {
			t.Error(got)
		}
		b.want(b.hand(spec("ready")), lifecycle.Promoted, 3)
	})
}
