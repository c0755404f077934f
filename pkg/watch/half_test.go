package watch

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// sees has the keeper see an event without closing the batch.
func (tr tree) sees(k *keeper, name string, op fsnotify.Op) {
	tr.t.Helper()
	k.handle(event{path: realpath(tr.t, tr.root) + "/" + name, op: op})
}

// closes has the time come at which the batch would close, and reports whether it did.
func (k *keeper) closesNow() bool {
	k.expire(k.quiet.closes())
	return !k.quiet.open
}

// The half of a save that comes first is no batch.
func TestHalfSaved(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ first, second func(tr tree, k *keeper) }{
		"truncate, write": {
			func(tr tree, k *keeper) {
				tr.must(os.Truncate(tr.path("a.go"), 0))
				tr.sees(k, "a.go", fsnotify.Write)
			},
			func(tr tree, k *keeper) {
				tr.overwrite("a.go", "new")
				tr.sees(k, "a.go", fsnotify.Write)
			},
		},
		"rename to a backup, create": {
			func(tr tree, k *keeper) {
				tr.rename("a.go", "a.go~")
				tr.sees(k, "a.go", fsnotify.Rename)
				tr.sees(k, "a.go~", fsnotify.Create)
			},
			func(tr tree, k *keeper) {
				tr.write("a.go", "new")
				tr.sees(k, "a.go", fsnotify.Create)
			},
		},
		"remove, create empty, write": {
			func(tr tree, k *keeper) {
				tr.remove("a.go")
				tr.sees(k, "a.go", fsnotify.Remove)
				tr.overwrite("a.go", "")
				tr.sees(k, "a.go", fsnotify.Create)
			},
			func(tr tree, k *keeper) {
				tr.overwrite("a.go", "new")
				tr.sees(k, "a.go", fsnotify.Write)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr := newTree(t, "a.go")
			k, _ := tr.keeper(Options{})
			k.learn(eagerFiles, eagerBytes)
			c.first(tr, k)
			for range 3 {
				if k.closesNow() {
					t.Fatalf("the first half is a batch: %v", k.pending.Changes)
				}
			}
			c.second(tr, k)
			if !k.closesNow() {
				t.Fatal("the whole is no batch")
			}
			if want := []Change{{tr.path("a.go"), Modified}}; !slices.Equal(k.pending.Changes, want) {
				t.Errorf("got %v, want %v", k.pending.Changes, want)
			}
		})
	}
}

// The same content written in place again is nothing, although the file was empty for a while.
func TestRewrittenInPlace(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "a.go")
	k, _ := tr.keeper(Options{})
	k.learn(eagerFiles, eagerBytes)
	tr.must(os.Truncate(tr.path("a.go"), 0))
	tr.sees(k, "a.go", fsnotify.Write)
	if k.closesNow() {
		t.Fatalf("the empty file is a batch: %v", k.pending.Changes)
	}
	tr.overwrite("a.go", "a.go")
	tr.sees(k, "a.go", fsnotify.Write)
	if !k.closesNow() || len(k.pending.Changes) > 0 {
		t.Errorf("got %v, want nothing", k.pending.Changes)
	}
}

// What an editor wrote beside the file and was seen there, it moves over the file: that is all.
func TestMovedOver(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "a.go")
	if fileID(tr.stat("a.go")) == 0 {
		t.Skip("files have no numbers here: the batch waits a moment for the temporary file")
	}
	k, _ := tr.keeper(Options{})
	k.learn(eagerFiles, eagerBytes)
	tr.write("a.go.tmp", "new")
	tr.sees(k, "a.go.tmp", fsnotify.Create)
	if !k.closesNow() {
		t.Fatal("the temporary file is no batch")
	}
	tr.rename("a.go.tmp", "a.go")
	tr.sees(k, "a.go.tmp", fsnotify.Rename)
	tr.sees(k, "a.go", fsnotify.Create)
	if !k.closesNow() {
		t.Error("the batch waits for the temporary file")
	}
	if want := []Change{{tr.path("a.go"), Modified}}; !slices.Equal(k.pending.Changes, want) {
		t.Errorf("got %v, want %v", k.pending.Changes, want)
	}
}

// What stays half is a batch after a while.
func TestHalfForGood(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "a.go", "b.go")
	k, _ := tr.keeper(Options{})
	tr.remove("a.go")
	tr.must(os.Truncate(tr.path("b.go"), 0))
	tr.sees(k, "a.go", fsnotify.Remove)
	tr.sees(k, "b.go", fsnotify.Write)
	for n := 0; !k.closesNow(); n++ {
		if n > 100 {
			t.Fatal("the batch never closes")
		}
	}
	if want := []Change{{tr.path("a.go"), Removed}, {tr.path("b.go"), Modified}}; !slices.Equal(k.pending.Changes, want) {
		t.Errorf("got %v, want %v", k.pending.Changes, want)
	}
	if held := k.quiet.held.Sub(k.quiet.last); held < gapPatience || held > 2*gapPatience {
		t.Errorf("it closed after %v, want about %v", held, gapPatience)
	}
}

// A command that rewrites watched files on each change does not start itself.
func TestGeneratedCodeDoesNotLoop(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		w := newTree(t, "main.go", "gen/a.go", "gen/b.go").watch(Options{Poll: poll})
		for i := range 20 {
			w.write("main.go", fmt.Sprint("version ", i))
			w.wants("modified main.go")
			for _, name := range []string{"gen/a.go", "gen/b.go"} {
				w.write(name, name)
			}
		}
		w.only()
	})
}
