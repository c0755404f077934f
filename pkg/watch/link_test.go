package watch

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func realpath(t *testing.T, path string) string {
	t.Helper()
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		t.Fatal(err)
	}
	return real
}

func TestSymlinkedFile(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		outside := newTree(t, "one.go", "two.go")
		tr := newTree(t, "a.go")
		tr.symlink(outside.path("one.go"), "link.go")
		w := tr.watch(Options{Poll: poll})
		outside.write("one.go", "new")
		w.wants("modified link.go")
		outside.remove("one.go")
		w.wants("removed link.go")
		outside.write("one.go", "back")
		w.wants("created link.go")
		w.symlink(outside.path("two.go"), "new")
		w.rename("new", "link.go")
		w.wants("modified link.go")
		outside.overwrite("two.go", "new")
		w.only("modified link.go")
	})
}

// As Kubernetes publishes a ConfigMap: file → ..data/file, ..data → a directory that is replaced.
func TestSymlinkOnTheWay(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		tr := newTree(t, "..1/conf", "..2/conf")
		tr.symlink("..1", "..data")
		tr.symlink("..data/conf", "conf")
		w := tr.watch(Options{Poll: poll, Files: []string{"conf"}})
		tr.symlink("..2", "..tmp")
		w.rename("..tmp", "..data")
		w.wants("modified conf")
		w.write("..2/conf", "new")
		w.wants("modified conf")
	})
}

func TestSymlinkedDirectory(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		outside := newTree(t, "d/x.go", "e/z.go")
		outside.symlink(outside.path("d"), "d/loop")
		tr := newTree(t, "z/real.go")
		tr.symlink("z", "a-link-first-in-order")
		tr.symlink(".", "loop")
		tr.symlink(outside.path("d"), "ext")
		w := tr.watch(Options{Poll: poll})
		w.write("z/real.go", "new")
		outside.write("d/x.go", "new")
		outside.write("d/y/y.go", "y")
		w.wants("modified z/real.go", "modified ext/x.go", "created ext/y/y.go")

		w.symlink(outside.path("e"), "new")
		w.rename("new", "ext")
		w.wants("removed ext/x.go", "removed ext/y/y.go", "created ext/z.go")
		outside.write("e/z.go", "new")
		w.wants("modified ext/z.go")
		outside.remove("e")
		w.wants("removed ext/z.go")
		outside.write("e/z.go", "again")
		w.wants("created ext/z.go")
	})
}

func TestSymlinkToTheParent(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		tr := newTree(t, "root/a.go", "b.go")
		top := tr.root
		tr.root = filepath.Join(top, "root")
		tr.symlink("..", "up")
		w := tr.watch(Options{Poll: poll})
		w.write("a.go", "new")
		w.must(os.WriteFile(filepath.Join(top, "b.go"), []byte("new"), 0o644))
		w.wants("modified a.go", "modified up/b.go")
	})
}

func TestRootBehindSymlink(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		tr := newTree(t, "real/sub/a.go")
		tr.symlink("real", "link")
		tr.root = tr.path("link")
		w := tr.watch(Options{Poll: poll})
		w.write("sub/a.go", "new")
		w.write("b/c/d.go", "d")
		w.wants("modified sub/a.go", "created b/c/d.go")
	})
}

func TestTrail(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "d/file")
	tr.root = realpath(t, tr.root)
	tr.symlink("d", "e")
	tr.symlink("e/file", "one")
	tr.symlink("loop", "loop")
	tr.symlink("e/../nowhere/x", "dangling")
	for name, want := range map[string][]string{
		"d/file":   {"d/file"},
		"one":      {"one", "e", "d/file"},
		"e/file":   {"e", "d/file"},
		"dangling": {"dangling", "e", "nowhere"},
	} {
		got := trail(tr.path(name))
		if len(got) != len(want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
			continue
		}
		for i := range got {
			if got[i] != tr.path(want[i]) {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}
		}
	}
	if n := len(trail(tr.path("loop"))); n != longestTrail+1 {
		t.Errorf("a loop ends after %d steps, want %d", n, longestTrail+1)
	}
}
