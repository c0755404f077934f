//go:build unix

package supervise

import (
	"io"
	"testing"
	"testing/synctest"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// How many workers were asked for outlives an upgrade, also of a service that must be
// alone, and so begins when the supervisor before has ended it.
func TestSucceedKeepsScale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newFakeWorld()
		b := newBed(t, w)
		b.Supervisor = New(Options{
			World: scripted{w, b}, Observe: b.observe, Output: func(string, int) io.WriteCloser { return discard{} },
			Legacies: []Legacy{{
				Service: "web", Generation: 5, Process: 9, Staff: lifecycle.Staff{Configured: 1, Scale: 3},
				Alone: &Alone{Number: 5, Artifact: rebuild.Artifact{Hash: "five"}},
			}},
		})
		b.run(func(t *testing.T, b *bed) {
			b.settle(spec("ready"))
			if err := b.Succeed(t.Context()); err != nil {
				t.Fatal(err)
			}
			b.want(b.reload()[0], lifecycle.Promoted, 6)
			if g := b.serving(6); len(g.Processes) != 3 {
				t.Errorf("%d workers serve, 3 were asked for", len(g.Processes))
			}
		})
	})
}
