package watch

import (
	"strings"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// A path of more than 260 characters, which Windows once had for the longest, is one like any other.
func TestLongPaths(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		deep := strings.Repeat("a-rather-long-name/", 20)
		w := newTree(t, deep+"a.go").watch(Options{Poll: poll})
		w.write(deep+"a.go", "new")
		w.wants("modified " + deep + "a.go")
		w.write(deep+"more/b.go", "b")
		w.wants("created " + deep + "more/b.go")
	})
}

// Watches that cling to a directory tell of it by its old name once it has moved: all is watched anew.
func TestClingingWatches(t *testing.T) {
	t.Parallel()
	for _, op := range []fsnotify.Op{fsnotify.Remove, fsnotify.Rename} {
		tr := newTree(t, "sub/a.go")
		k, f := tr.keeper(Options{})
		k.system.clings = true
		k.handle(event{path: tr.path("sub"), op: op})
		if !k.stale {
			t.Errorf("%v: the watches are trusted", op)
		}
		k.expire(time.Now().Add(time.Hour))
		if !f.closed {
			t.Errorf("%v: the old watches are in use", op)
		}
	}
}
