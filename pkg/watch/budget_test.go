package watch

import (
	"errors"
	"strings"
	"syscall"
	"testing"
)

// counted is the system of kqueue, with a small share of descriptors.
func counted(share int) system {
	return opened(func() (backend, error) {
		b, err := newNotifier()
		return newBudgeted(b, share), err
	})
}

// Where each file takes a descriptor, many files are polled instead, and the rest of the program keeps its own.
func TestBudget(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		share int
		polls bool
	}{"enough": {5, false}, "not enough": {4, true}, "nothing": {0, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// Two directories, the one below, and two files.
			w := newTree(t, "a.go", "sub/b.go").watchWith(Options{}, counted(c.share))
			w.write("a.go", "new")
			w.write("sub/b.go", "new")
			w.wants("modified a.go", "modified sub/b.go")
			n := w.notices()
			if polls := len(n) == 1 && errors.Is(n[0], syscall.EMFILE) && strings.HasPrefix(n[0].Error(), "polling, because "); polls != c.polls || len(n) > 1 {
				t.Errorf("notices %q, want one about polling: %v", n, c.polls)
			}
		})
	}
}

// It is polled, too, when it grows beyond the share.
func TestBudgetOutgrown(t *testing.T) {
	t.Parallel()
	// At first two are taken; each directory that comes takes one or, if it has its file already, two.
	w := newTree(t, "a.go").watchWith(Options{}, counted(4))
	for _, name := range []string{"x/1.go", "x/2.go", "y/3.go", "y/4.go", "z/5.go"} {
		w.write(name, name)
		w.wants("created " + name)
	}
	w.write("z/5.go", "new")
	w.wants("modified z/5.go")
	if n := w.notices(); len(n) != 1 || !errors.Is(n[0], syscall.EMFILE) {
		t.Errorf("notices %q, want one", n)
	}
}

// What is not watched any more is given back.
func TestBudgetGivenBack(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "a/1.go", "a/2.go", "b/1.go")
	f := newFake()
	b := newBudgeted(f, 4)
	for range 2 { // twice the same takes nothing
		if err := b.add(tr.path("a")); err != nil || b.left != 1 {
			t.Fatalf("%v, %d left", err, b.left)
		}
	}
	if err := b.add(tr.path("b")); !errors.Is(err, syscall.EMFILE) || !outOfWatches(err) || len(f.added) != 2 {
		t.Errorf("got %v, watched %q", err, f.added)
	}
	b.remove(tr.path("a"))
	if err := b.add(tr.path("b")); err != nil || b.left != 2 {
		t.Errorf("%v, %d left", err, b.left)
	}
	b.remove(tr.path("no such"))
	if err := b.add(tr.path("no such")); err != nil || b.left != 1 {
		t.Errorf("%v, %d left", err, b.left)
	}
}
