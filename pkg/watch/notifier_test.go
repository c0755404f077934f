//go:build !windows

package watch

import (
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// What fsnotify says when the queue of inotify has overflowed is a loss: all is looked
// at again.
func TestOverflowOfFsnotify(t *testing.T) {
	t.Parallel()
	fs := &fsnotify.Watcher{Events: make(chan fsnotify.Event), Errors: make(chan error)}
	n := &notifier{fs: fs, out: make(chan event), quit: make(chan struct{}), done: make(chan struct{})}
	go n.pump()
	fs.Events <- fsnotify.Event{Name: "forgotten", Op: fsnotify.Write}
	fs.Errors <- fsnotify.ErrEventOverflow
	fs.Events <- fsnotify.Event{Name: "later", Op: fsnotify.Create}
	for _, want := range []event{{lost: true}, {path: "later", op: fsnotify.Create}} {
		select {
		case got := <-n.events():
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		case <-time.After(tolerance):
			t.Fatal("no event")
		}
	}
	close(fs.Events)
	close(fs.Errors)
	<-n.done
}
