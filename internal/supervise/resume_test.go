//go:build unix

package supervise

import (
	"context"
	"io"
	"os"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// outliving is a process that another supervisor has started.
type outliving struct {
	*fakeChild
	asked    atomic.Int32
	recorded *atomic.Int32
	early    atomic.Bool // it was asked before that was on record
}

func (c *outliving) Signal(s os.Signal) error {
	c.asked.Add(1)
	if c.recorded.Load() == 0 {
		c.early.Store(true)
	}
	return c.fakeChild.Signal(s)
}

// Next is never called: nobody hears such a process.
func (c *outliving) Next() (handoff.Message, error) { panic("somebody listens to a survivor") }

// withFormer runs a test over fakes, with what generation 5 and 4 have left.
func withFormer(t *testing.T, name, behaviour string, test func(b *bed, serving, draining *outliving)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w, recorded := newFakeWorld(), &atomic.Int32{}
		left := func() *outliving {
			c, _ := w.Start(t.Context(), Launch{Service: spec(behaviour)})
			return &outliving{fakeChild: c.(*fakeChild), recorded: recorded}
		}
		serving, draining := left(), left()
		b := newBed(t, w)
		b.Supervisor = New(Options{
			World: scripted{w, b}, Observe: b.observe, Output: func(string, int) io.WriteCloser { return discard{} },
			Recorded: func(context.Context) { recorded.Add(1) },
			Former: []Former{{Name: name, Last: 7, LastProc: 20, Generations: []FormerGeneration{
				{Number: 4, Phase: lifecycle.Draining, Signal: syscall.SIGTERM, DrainTimeout: 30 * time.Second, Processes: []FormerProcess{{ID: 8, Child: draining}}},
				{Number: 5, Phase: lifecycle.Serving, Artifact: rebuild.Artifact{Hash: "five"}, Signal: syscall.SIGTERM, DrainTimeout: 30 * time.Second, Processes: []FormerProcess{{ID: 9, Child: serving}}},
			}}},
		})
		b.run(func(t *testing.T, b *bed) { test(b, serving, draining) })
	})
}

func (c *outliving) wantAsked(b *bed, n int32) {
	b.Helper()
	synctest.Wait()
	if got := c.asked.Load(); got != n {
		b.Errorf("process %d was asked to drain %d times, want %d", c.pid, got, n)
	}
	if c.early.Load() {
		b.Errorf("process %d was asked before that was on record", c.pid)
	}
}

// What survived serves until its successor is ready, and drains then.
func TestSurvivorsDrainForTheSuccessor(t *testing.T) {
	withFormer(t, "web", "ready", func(b *bed, serving, draining *outliving) {
		if changed := b.settle(spec("ready")); !slices.Equal(changed, []string{"web"}) {
			b.Errorf("changed are %v", changed)
		}
		draining.wantAsked(b, 1)
		if g := b.serving(5); g.Artifact != "five" || g.Processes[0].PID != serving.pid {
			b.Errorf("generation 5 is %+v", g)
		}
		serving.wantAsked(b, 0)
		b.want(b.reload()[0], lifecycle.Promoted, 8)
		b.serving(8)
		serving.wantAsked(b, 1)
	})
}

// A successor that fails changes nothing for what survived.
func TestSurvivorsOutliveABadSuccessor(t *testing.T) {
	withFormer(t, "web", "ready", func(b *bed, serving, _ *outliving) {
		b.want(b.hand(spec("exit")), lifecycle.Died, 5)
		b.serving(5)
		serving.wantAsked(b, 0)
		b.want(b.hand(spec("ready")), lifecycle.Promoted, 9)
		b.serving(9)
	})
}

// A watchdog that nobody hears ends nobody, and a crash is followed by a restart.
func TestSurvivorsHaveNoWatchdog(t *testing.T) {
	withFormer(t, "web", "ready", func(b *bed, serving, _ *outliving) {
		s := spec("ready")
		s.Policy.Watchdog = time.Second
		b.settle(s)
		pause(b.Context(), time.Minute)
		if g := b.serving(5); g.Processes[0].PID != serving.pid {
			b.Errorf("it was replaced: %+v", g)
		}
		serving.exits(-1, "signal: killed")
		synctest.Wait()
		if g := b.serving(5); g.Processes[0].PID == serving.pid {
			b.Errorf("it is not started again: %+v", g)
		}
	})
}

// One that does not drain is killed when its time is over.
func TestSurvivorsHaveADeadline(t *testing.T) {
	withFormer(t, "web", "deaf", func(b *bed, serving, draining *outliving) {
		b.want(b.hand(spec("ready")), lifecycle.Promoted, 8)
		b.serving(8)
		for _, c := range []*outliving{serving, draining} {
			if e := c.Wait(); e.Reason != "signal: killed" || e.Uptime < 30*time.Second {
				b.Errorf("it ended as %+v", e)
			}
		}
	})
}

// What no settings name any more drains.
func TestSurvivorsOfARemovedService(t *testing.T) {
	withFormer(t, "removed", "ready", func(b *bed, serving, draining *outliving) {
		b.want(b.hand(spec("ready")), lifecycle.Promoted, 1)
		serving.wantAsked(b, 1)
		draining.wantAsked(b, 1)
		b.serving(1)
	})
}

// A stop drains survivors as it does everything.
func TestSurvivorsAndAStop(t *testing.T) {
	withFormer(t, "web", "ready", func(b *bed, serving, draining *outliving) {
		b.settle(spec("ready"))
		b.Stop()
		<-b.ended
		serving.wantAsked(b, 1)
		draining.wantAsked(b, 1)
	})
}

// What cannot be opened leaves the survivors alone.
func TestSurvivorsAndAnAddressInUse(t *testing.T) {
	withFormer(t, "web", "ready", func(b *bed, serving, draining *outliving) {
		s := spec("ready")
		s.Sockets = []listener.Address{{Name: "a", Network: "tcp", Addr: "taken"}}
		if _, err := b.Apply(b.Context(), []Service{s}); err == nil {
			b.Error("it was applied")
		}
		b.Stop()
		<-b.ended
		serving.wantAsked(b, 0)
		draining.wantAsked(b, 0)
	})
}

func TestStanding(t *testing.T) {
	withFormer(t, "web", "deaf", func(b *bed, serving, draining *outliving) {
		b.settle(spec("ready"))
		synctest.Wait()
		st, err := b.Standing(b.Context())
		if err != nil || len(st.Services) != 1 {
			b.Fatalf("it stands as %+v, %v", st, err)
		}
		f := st.Services[0]
		if f.Name != "web" || f.Last != 7 || f.LastProc != 20 || len(f.Generations) != 2 {
			b.Fatalf("the service stands as %+v", f)
		}
		old, now := f.Generations[0], f.Generations[1]
		if old.Number != 4 || old.Phase != lifecycle.Draining || !old.Processes[0].Asked || old.Processes[0].Child != draining {
			b.Errorf("the old one stands as %+v", old)
		}
		if now.Number != 5 || now.Phase != lifecycle.Serving || now.Artifact.Hash != "five" || now.Processes[0].Asked ||
			now.Processes[0].ID != 9 || now.Processes[0].Child != serving || now.DrainTimeout != 30*time.Second {
			b.Errorf("what serves stands as %+v", now)
		}
	})
}
