package watch

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// tree is a directory under test. Names are slash-separated and relative to it.
type tree struct {
	t       *testing.T
	root    string
	scratch string // on the same file system, not watched
}

// newTree makes a directory with files whose content is their name, old enough not to be suspect.
func newTree(t *testing.T, names ...string) tree {
	t.Helper()
	tr := tree{t, t.TempDir(), t.TempDir()}
	for _, name := range names {
		tr.write(name, name)
		tr.age(name)
	}
	return tr
}

func (tr tree) path(name string) string { return filepath.Join(tr.root, filepath.FromSlash(name)) }

// write makes the content appear at once. A file written in place is empty for a moment, and if the test is
// held up then, that makes a batch of its own.
func (tr tree) write(name, content string) {
	tr.t.Helper()
	tr.must(patiently(func() error { return os.MkdirAll(filepath.Dir(tr.path(name)), 0o755) }))
	f, err := os.CreateTemp(tr.scratch, "")
	tr.must(err)
	_, err = f.WriteString(content)
	tr.must(err)
	tr.must(f.Close())
	tr.must(patiently(func() error { return os.Rename(f.Name(), tr.path(name)) }))
}

// overwrite writes in place.
func (tr tree) overwrite(name, content string) {
	tr.t.Helper()
	tr.must(patiently(func() error { return os.WriteFile(tr.path(name), []byte(content), 0o644) }))
}

func (tr tree) mkdir(name string) {
	tr.t.Helper()
	tr.must(patiently(func() error { return os.MkdirAll(tr.path(name), 0o755) }))
}

func (tr tree) remove(name string) {
	tr.t.Helper()
	tr.must(patiently(func() error { return os.RemoveAll(tr.path(name)) }))
}

func (tr tree) rename(from, to string) {
	tr.t.Helper()
	tr.must(patiently(func() error { return os.Rename(tr.path(from), tr.path(to)) }))
}

// tellsOfItself skips what needs a watch that tells of the removal of its own directory. That of wine does not.
func tellsOfItself(t *testing.T) {
	t.Helper()
	tr := newTree(t, "dir/a.go")
	b, err := newNotifier()
	tr.must(err)
	defer b.close()
	tr.must(b.add(tr.path("dir")))
	tr.remove("dir")
	for late := time.After(2 * time.Second); ; {
		select {
		case e := <-b.events():
			if e.path == tr.path("dir") && e.op.Has(fsnotify.Remove) {
				return
			}
		case <-late:
			t.Skip("a watch does not tell of the removal of its directory here")
		}
	}
}

// letsRename skips what needs a watch that lets the directory above its own be renamed. That of Windows does not.
func letsRename(t *testing.T) {
	t.Helper()
	tr := newTree(t, "a/s/y.go")
	b, err := newNotifier()
	tr.must(err)
	defer b.close()
	tr.must(b.add(tr.path("a/s")))
	if err := os.Rename(tr.path("a"), tr.path("b")); err != nil {
		t.Skipf("a directory cannot be renamed here while one in it is watched: %v", err)
	}
}

func (tr tree) symlink(to, name string) {
	tr.t.Helper()
	if err := os.Symlink(filepath.FromSlash(to), tr.path(name)); err != nil {
		tr.t.Skipf("no symlinks here: %v", err)
	}
	// Some systems make one, and then show what it leads to.
	if fi, err := os.Lstat(tr.path(name)); err != nil || fi.Mode()&os.ModeSymlink == 0 {
		tr.t.Skipf("symlinks are not seen here: %v", err)
	}
}

func (tr tree) stat(name string) os.FileInfo {
	tr.t.Helper()
	fi, err := os.Stat(tr.path(name))
	tr.must(err)
	return fi
}

// age sets a modification time that is not young.
func (tr tree) age(name string) {
	tr.t.Helper()
	old := time.Now().Add(-time.Hour)
	tr.must(os.Chtimes(tr.path(name), old, old))
}

func (tr tree) must(err error) {
	tr.t.Helper()
	if err != nil {
		tr.t.Fatal(err)
	}
}

// watch starts a watcher of the tree.
func (tr tree) watch(o Options) watched {
	tr.t.Helper()
	return tr.watchWith(o, ownSystem())
}

func (tr tree) watchWith(o Options, sys system) watched {
	tr.t.Helper()
	if o.Dir == "" {
		o.Dir = tr.root
	}
	w, err := start(o, sys)
	if err != nil {
		tr.t.Fatal(err)
	}
	tr.t.Cleanup(func() {
		if err := w.Close(); err != nil {
			tr.t.Error(err)
		}
	})
	return watched{tr, w}
}

type watched struct {
	tree
	w *Watcher
}

// next returns the next batch.
func (w watched) next() Batch {
	w.t.Helper()
	select {
	case b, ok := <-w.w.Batches():
		if !ok {
			w.t.Fatal("the batches have ended")
		}
		return b
	case <-time.After(tolerance):
		w.t.Fatal("no batch")
	}
	panic("unreachable")
}

// wants waits until all batches together are the changes that are wanted ("created a", …), no more and no less.
// However the changes are spread over batches, the sum is the same.
func (w watched) wants(want ...string) {
	w.t.Helper()
	slices.Sort(want)
	deadline := time.After(tolerance)
	var sum Batch
	for {
		got := w.format(sum)
		if slices.Equal(got, want) {
			return
		}
		select {
		case b := <-w.w.Batches():
			sum = merge(sum, b)
		case <-deadline:
			w.t.Fatalf("got %q, want %q", got, want)
		}
	}
}

// only creates a file that has nothing to do with what went before, and wants that change and the given ones alone.
func (w watched) only(want ...string) {
	w.t.Helper()
	w.write("sentinel.go", "sentinel")
	w.wants(append(want, "created sentinel.go")...)
}

func (w watched) format(b Batch) []string {
	w.t.Helper()
	list := []string{}
	for _, c := range b.Changes {
		if !filepath.IsAbs(c.Path) {
			w.t.Errorf("%s is not absolute", c.Path)
		}
		rel, err := filepath.Rel(w.root, c.Path)
		if err != nil {
			w.t.Fatal(err)
		}
		list = append(list, fmt.Sprintf("%s %s", c.Op, filepath.ToSlash(rel)))
	}
	slices.Sort(list)
	return list
}

// eachBackend runs a test with events and with polling.
func eachBackend(t *testing.T, test func(t *testing.T, poll time.Duration)) {
	t.Parallel()
	polls := map[string]time.Duration{"events": PollNever, "polling": 5 * time.Millisecond}
	for _, name := range slices.Sorted(maps.Keys(polls)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, polls[name])
		})
	}
}

func lines(s ...string) string { return strings.Join(s, "\n") + "\n" }
