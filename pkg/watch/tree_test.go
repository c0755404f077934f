package watch

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

func TestNewDirectories(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		w := newTree(t).watch(Options{Poll: poll})
		w.write("a/b/c/d/e.go", "e")
		w.wants("created a/b/c/d/e.go")
		w.write("a/b/f.go", "f")
		w.write("a/b/c/d/e.go", "new")
		w.wants("created a/b/f.go", "modified a/b/c/d/e.go")
	})
}

// A file made just before or just after a new directory's watch is found.
func TestFileMadeAroundTheWatch(t *testing.T) {
	for _, when := range []string{"before", "after"} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			tr := newTree(t)
			var once sync.Once
			make := func(d string) {
				if filepath.Base(d) == "new" {
					once.Do(func() { tr.write("new/x.go", "x") })
				}
			}
			sys := openHooked(make, nil)
			if when == "after" {
				sys = openHooked(nil, make)
			}
			w := tr.watchWith(Options{}, sys)
			w.mkdir("new")
			w.wants("created new/x.go")
		})
	}
}

// A change made while Start runs, after the watch and before the snapshot, is reported though the snapshot holds it.
func TestChangeDuringStart(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "a.go", "b.go")
	w := tr.watchWith(Options{}, openHooked(nil, func(string) { tr.write("a.go", "new") }))
	w.only("modified a.go")
}

func TestDirectoryRecreated(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		for _, name := range []string{"sub", "sub/deep", "."} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				tr := newTree(t, "keep.go")
				tr.root = filepath.Join(tr.root, "root")
				tr.write("sub/a.go", "a")
				tr.write("sub/deep/b.go", "b")
				tr.age("sub/a.go")
				w := tr.watch(Options{Poll: poll})
				w.remove(name)
				want := []string{"removed sub/a.go", "removed sub/deep/b.go"}
				if name == "sub/deep" {
					want = want[1:]
				}
				w.wants(want...)
				w.write("sub/a.go", "a")
				w.write("sub/deep/b.go", "b")
				if name == "sub/deep" {
					w.wants("created sub/deep/b.go")
				} else {
					w.wants("created sub/a.go", "created sub/deep/b.go")
				}
				w.write("sub/deep/b.go", "new")
				w.wants("modified sub/deep/b.go")
			})
		}
	})
}

func TestDirectoryRenamed(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		if poll == PollNever {
			letsRename(t)
		}
		w := newTree(t, "a/x.go", "a/s/y.go", "z.go").watch(Options{Poll: poll})
		w.rename("a", "b")
		w.wants("removed a/x.go", "removed a/s/y.go", "created b/x.go", "created b/s/y.go")
		w.write("b/s/y.go", "new")
		w.wants("modified b/s/y.go")
		// Into a directory so new that it is come upon before its own event.
		w.mkdir("n")
		w.rename("b", "n/b")
		w.wants("removed b/x.go", "removed b/s/y.go", "created n/b/x.go", "created n/b/s/y.go")
		w.write("n/b/x.go", "new")
		w.write("n/b/s/y.go", "newer")
		w.wants("modified n/b/x.go", "modified n/b/s/y.go")
	})
}

// The directory is read at its new place before the event of its old place: the watch must not go with the old place.
func TestRenamedDirectoryKeepsAWatch(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "a/s/y.go")
	k, _ := tr.keeper(Options{})
	tr.mkdir("n")
	tr.rename("a", "n/a")
	fresh := newFake()
	k.system.open = func() (backend, error) { return fresh, nil }
	k.handle(event{path: k.dirs[tr.root].real + "/n", op: fsnotify.Create})
	k.happens(filepath.Join(k.dirs[tr.root].real, "a"), fsnotify.Rename)
	if len(fresh.added) != 4 {
		t.Errorf("watches %q with a new backend, want root, n, n/a, n/a/s", fresh.added)
	}
}

func TestMissingDirectory(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		tr := newTree(t, "a.go")
		w := tr.watch(Options{
			Poll:  poll,
			Paths: []string{"later/p", "later/file.txt"},
			Dirs:  []string{"later/d"},
			Files: []string{"x/y/z/go.mod"},
		})
		w.write("x/y/z/other", "not wanted")
		w.write("x/y/z/go.mod", "module x")
		w.wants("created x/y/z/go.mod")
		w.write("later/p/q/deep.go", "deep")
		w.write("later/d/q/deep.go", "not wanted")
		w.write("later/d/flat.go", "flat")
		w.write("later/file.txt", "text")
		w.write("later/other.txt", "not wanted")
		w.wants("created later/p/q/deep.go", "created later/d/flat.go", "created later/file.txt")
		w.remove("x")
		w.wants("removed x/y/z/go.mod")
		w.write("x/y/z/go.mod", "module x")
		w.wants("created x/y/z/go.mod")
	})
}

// The same outside Dir, where the way down is not known beforehand.
func TestMissingDirectoryElsewhere(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		if poll == PollNever {
			tellsOfItself(t)
		}
		tr := newTree(t, "dir/a.go")
		file := tr.path("x/y/z/go.work")
		w := tr.watch(Options{Dir: tr.path("dir"), Poll: poll, Files: []string{file}})
		w.write("x/y/z/go.work", "go 1.26")
		w.wants("created x/y/z/go.work")
		w.remove("x/y")
		w.wants("removed x/y/z/go.work")
		w.write("x/y/z/go.work", "go 1.26")
		w.wants("created x/y/z/go.work")
	})
}

// A thousand files changed together are one batch.
func TestCheckout(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		tr := newTree(t)
		name := func(i int) string { return fmt.Sprintf("pkg%d/sub/file%d.go", i%20, i) }
		for i := range 1000 {
			tr.write(name(i), "old")
			tr.age(name(i)) // a young file is looked at once more, which opens a batch before anything happens
		}
		// A batch has ten times its quiet time at most, so that all is made beforehand.
		fresh := func(i int) string { return filepath.Join(tr.scratch, fmt.Sprint(i)) }
		for i := range 1000 {
			tr.must(os.WriteFile(fresh(i), []byte("new"), 0o644))
		}
		w := tr.watch(Options{Poll: poll, Quiet: 5 * time.Second})
		before := time.Now()
		for i := range 1000 {
			w.remove(name(i))
			tr.must(patiently(func() error { return os.Rename(fresh(i), tr.path(name(i))) }))
		}
		b := w.next()
		if len(b.Changes) != 1000 {
			t.Fatalf("%d changes in the batch, want 1000", len(b.Changes))
		}
		if b.First.Before(before) || b.First.After(time.Now()) {
			t.Errorf("first event at %v, want it after %v", b.First, before)
		}
		for i, c := range b.Changes {
			if c.Op != Modified || i > 0 && b.Changes[i-1].Path >= c.Path {
				t.Fatalf("change %d is %v, want modified, sorted and unique", i, c)
			}
		}
	})
}

// The nearest ancestor goes away once it is watched, and comes back while the next one up is being watched:
// of neither is there an event.
func TestAncestorReplacedUnseen(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "dir/a.go")
	tr.root = realpath(t, tr.root)
	k, f := tr.keeper(Options{Dir: tr.path("dir"), Files: []string{tr.path("x/y/z/go.work")}})
	tr.mkdir("x/y")
	f.added = nil
	f.onAdd = func(dir string) error {
		switch len(f.added) {
		case 1:
			tr.remove("x/y")
		case 2:
			tr.mkdir("x/y")
		}
		return nil
	}
	k.handle(event{path: tr.path("x"), op: fsnotify.Create})
	want := []string{tr.path("x/y"), tr.path("x"), tr.path("x/y")}
	if !slices.Equal(f.added, want) {
		t.Errorf("watched %q, want %q", f.added, want)
	}
}

// The way to a file outside of Dir comes and goes as fast as it can.
func TestAncestorsComeAndGo(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		if poll == PollNever {
			tellsOfItself(t)
		}
		tr := newTree(t, "dir/a.go")
		file := "x/y/z/go.work"
		w := tr.watch(Options{Dir: tr.path("dir"), Poll: poll, Files: []string{tr.path(file)}})
		rnd := rand.New(rand.NewPCG(1, 2))
		churn := func() {
			for range rnd.IntN(12) {
				at := []string{"x", "x/y", "x/y/z"}[rnd.IntN(3)]
				if rnd.IntN(2) == 0 {
					w.remove(at)
				} else {
					w.mkdir(at)
				}
			}
		}
		for range 30 {
			churn()
			w.remove(file)
			w.write(file, "go 1.26")
			w.wants("created " + file)
			churn()
			w.remove("x")
			w.wants("removed " + file)
		}
	})
}

// Directories come with files in them, faster than they can be watched.
func TestNewDirectoriesAtOnce(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		w := newTree(t).watch(Options{Poll: poll})
		var want []string
		for i := range 50 {
			for _, name := range []string{"a/b/c/d.go", "a/b/c/e.go", "a/f.go", "a/b/g.go", "a/h/i/j.go"} {
				name = fmt.Sprintf("new%d/%s", i, name)
				w.mkdir(filepath.Dir(name))
				w.overwrite(name, name)
				want = append(want, "created "+name)
			}
		}
		w.wants(want...)
	})
}
