//go:build unix

package supervise

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// watchful hands out what a watch tells of changes with.
type watchful struct {
	World
	changed chan func(force bool)
}

func (w watchful) Watch(ctx context.Context, _ Service, _ <-chan struct{}, changed func(bool), _ func(error)) error {
	w.changed <- changed
	<-ctx.Done()
	return nil
}

// What a watch of former settings still tells asks for nothing.
func TestWatchOfFormerSettings(t *testing.T) {
	withFakes(t, func(t *testing.T, b *bed) {
		w := watchful{changed: make(chan func(bool), 1)}
		b.ask(t.Context(), func() {
			w.World = b.Supervisor.world
			b.Supervisor.world = w
		})
		s := spec("ready")
		s.Watch = &WatchPaths{}
		b.want(b.hand(s), lifecycle.Promoted, 1)
		changed := <-w.changed
		changed(true)
		b.serving(2)
		s.Watch = nil
		b.settle(s)
		changed(true)
		synctest.Wait()
		b.serving(2)
		if got := b.history(Starting); got != "starting 1, starting 2" {
			t.Error(got)
		}
	})
}
