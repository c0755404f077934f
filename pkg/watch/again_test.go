package watch

import (
	"fmt"
	"testing"
	"time"
)

// A directory that is watched anew, while there is news of it, is watched, and so are others.
func TestWatchedAgain(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "dir/a.go", "other/b.go")
	b, err := newNotifier()
	tr.must(err)
	defer func() { tr.must(b.close()) }()
	tr.must(b.add(tr.path("other")))
	tr.must(b.add(tr.path("dir")))
	for n := range 100 {
		written := make(chan struct{})
		go func() {
			defer close(written)
			for i := range 5 {
				tr.write(fmt.Sprintf("dir/before%d", i), fmt.Sprint(n))
			}
		}()
		b.remove(tr.path("dir"))
		tr.must(b.add(tr.path("dir")))
		<-written
		for _, name := range []string{"dir/after", "other/after"} {
			name = fmt.Sprint(name, n)
			tr.write(name, "")
			awaitEvent(t, b, tr.path(name))
		}
	}
}

func awaitEvent(t *testing.T, b backend, path string) {
	t.Helper()
	for late := time.After(tolerance); ; {
		select {
		case e := <-b.events():
			if e.path == path {
				return
			}
		case <-late:
			t.Fatalf("there is no event of %s", path)
		}
	}
}
