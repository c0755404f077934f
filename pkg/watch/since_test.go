package watch

import (
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// What changed between the begin of a build and the watching of its files is reported, and only once.
func TestSince(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		tr := newTree(t, "a/old.go", "b/old.go")
		since := time.Now()
		tr.write("a/new.go", "new")
		tr.write("b/new.go", "new")
		o := Options{Poll: poll, Dirs: []string{"a"}, Since: since}
		w := tr.watch(o)
		w.wants("modified a/new.go")
		o.Dir, o.Dirs = w.root, []string{"a", "b"}
		w.must(w.w.Update(o))
		w.wants("modified b/new.go")
		w.write("b/old.go", "new")
		w.wants("modified b/old.go")
	})
}

// The event of such a change may be on its way: it is the same change.
func TestSinceAndItsEvent(t *testing.T) {
	t.Parallel()
	tr := newTree(t)
	since := time.Now()
	tr.write("new.go", "new")
	k, _ := tr.keeper(Options{Since: since})
	k.expire(k.quiet.closes())
	if len(k.pending.Changes) != 1 {
		t.Fatalf("got %v, want one change", k.pending.Changes)
	}
	k.pending = Batch{}
	tr.sees(k, "new.go", fsnotify.Create)
	k.expire(k.quiet.closes())
	if len(k.pending.Changes) > 0 {
		t.Errorf("once more: %v", k.pending.Changes)
	}
}

func TestNotSince(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "old.go")
	tr.write("young.go", "young")
	w := tr.watch(Options{Since: time.Now().Add(time.Hour)})
	w.only()
}
