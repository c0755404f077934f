package watch

import (
	"errors"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// With a backend that reports nothing, only a new survey can find the changes.
func TestOverflow(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "a.go", "b.go", "old/c.go", "same.go")
	var fakes []*fake
	w := tr.watchWith(Options{}, opened(func() (backend, error) {
		fakes = append(fakes, newFake())
		return fakes[len(fakes)-1], nil
	}))
	first := fakes[0]
	w.write("a.go", "new")
	w.remove("b.go")
	w.remove("old")
	w.write("new/deep/d.go", "d")
	first.send(t, event{lost: true})
	w.wants("modified a.go", "removed b.go", "removed old/c.go", "created new/deep/d.go")
	if len(fakes) != 2 || !first.closed {
		t.Error("the watches that lost events are still in use")
	}
}

// limited has no watches left while full.
type limited struct {
	backend
	full *atomic.Bool
}

func (l limited) add(dir string) error {
	if l.full.Load() {
		return syscall.ENOSPC
	}
	return l.backend.add(dir)
}

func openLimited(full *atomic.Bool) system {
	return opened(func() (backend, error) {
		b, err := newNotifier()
		return limited{b, full}, err
	})
}

func TestNoWatchesLeft(t *testing.T) {
	for _, when := range []string{"at start", "later"} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			var full atomic.Bool
			full.Store(when == "at start")
			w := newTree(t, "a.go", "sub/b.go").watchWith(Options{}, openLimited(&full))
			w.write("sub/b.go", "before")
			w.wants("modified sub/b.go")

			full.Store(true)
			w.write("new/c.go", "c")
			w.wants("created new/c.go")
			w.write("sub/b.go", "new")
			w.write("new/deep/d.go", "d")
			w.wants("modified sub/b.go", "created new/deep/d.go")
			w.must(w.w.Update(Options{Dir: w.root}))

			notices := w.notices()
			if len(notices) != 1 || !errors.Is(notices[0], syscall.ENOSPC) || !strings.HasPrefix(notices[0].Error(), "polling, because ") {
				t.Errorf("got notices %q, want one about polling", notices)
			}
		})
	}
}

// With PollNever the watcher goes on with the watches it has, and says what it misses.
func TestNoWatchesLeftAndNoPolling(t *testing.T) {
	t.Parallel()
	var full atomic.Bool
	w := newTree(t, "a.go", ".git/new/c.go").watchWith(Options{Poll: PollNever}, openLimited(&full))
	full.Store(true)
	w.rename(".git/new", "new")
	w.wants("created new/c.go")
	w.write("a.go", "new")
	w.wants("modified a.go")
	if n := w.notices(); len(n) != 1 || !strings.HasPrefix(n[0].Error(), "cannot watch "+w.path("new")) {
		t.Errorf("got notices %q, want one about %s", n, w.path("new"))
	}
}

func TestNoEventsAtAll(t *testing.T) {
	t.Parallel()
	sys := opened(func() (backend, error) { return nil, syscall.EMFILE })
	tr := newTree(t, "a.go")
	if _, err := start(Options{Dir: tr.root, Poll: PollNever}, sys); !errors.Is(err, syscall.EMFILE) {
		t.Errorf("got %v, want EMFILE", err)
	}
	w := tr.watchWith(Options{}, sys)
	w.write("a.go", "new")
	w.wants("modified a.go")
	if n := w.notices(); len(n) != 1 {
		t.Errorf("got notices %q, want one", n)
	}
}

// notices returns those that are there.
func (w watched) notices() []error {
	var list []error
	for {
		select {
		case err := <-w.w.Notices():
			list = append(list, err)
		default:
			return list
		}
	}
}

func TestBacklogIsBounded(t *testing.T) {
	t.Parallel()
	var queue []event
	for i := range backlog + 10 {
		queue = push(queue, event{path: strings.Repeat("x", 1+i%2)})
	}
	if len(queue) > backlog || !queue[0].lost {
		t.Errorf("a queue of %d events that begins with %v, want one that begins anew with a loss", len(queue), queue[0])
	}
	if again := push([]event{{path: "a"}}, event{path: "a"}); len(again) != 1 {
		t.Error("the same event twice in a row is kept twice")
	}
}
