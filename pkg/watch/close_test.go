package watch

import (
	"bytes"
	"errors"
	"runtime"
	"testing"
	"time"
)

// Not parallel: it looks at the goroutines and descriptors of the whole process.
func TestCloseLeavesNothing(t *testing.T) {
	tr := newTree(t, "a.go", "sub/b.go")
	before := descriptors(t)
	for range 3 {
		w, err := Start(Options{Dir: tr.root})
		tr.must(err)
		tr.write("sub/c.go", t.Name())
		tr.must(w.Update(Options{Dir: tr.root}))
		tr.write("sub/d.go", t.Name())
		tr.must(w.Close())
		tr.must(w.Close())
		if err := w.Update(Options{Dir: tr.root}); !errors.Is(err, ErrClosed) {
			t.Errorf("Update after Close: got %v, want ErrClosed", err)
		}
		for range w.Batches() {
		}
		for range w.Notices() {
		}
	}
	// A goroutine that has told of its end may still be on its last instruction.
	for deadline := time.Now().Add(tolerance); ; runtime.Gosched() {
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		if !bytes.Contains(stacks, []byte("watch.(*Watcher)")) && !bytes.Contains(stacks, []byte("watch.(*notifier)")) &&
			!bytes.Contains(stacks, []byte("fsnotify.")) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("goroutines are left:\n%s", stacks)
		}
	}
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors, %d before", after, before)
	}
}
