package watch

import (
	"path/filepath"
	"testing"
	"time"
)

func TestSelection(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		tr := newTree(t, "main.go")
		tr.mkdir("flat")
		w := tr.watch(Options{
			Poll:    poll,
			Paths:   []string{"."},
			Include: []string{"*.go", "web/**/*.tmpl"},
			Exclude: []string{"**/testdata/**", "*_gen.go", "tmp/", "web/old"},
			Files:   []string{"testdata/named.txt"},
		})
		for _, name := range []string{
			"a.txt", "x.tmpl", "a_gen.go", "testdata/a.go", "sub/testdata/deep/a.go", "tmp/a.go", "sub/tmp/b.go",
			"web/old/a.tmpl", "web/old/a.go", ".git/x.go", "node_modules/m/x.go", "sub/.hg/x.go",
			".#main.go", "main.go~", ".main.go.swp", "4913", "#main.go#", "testdata/other.txt",
		} {
			w.write(name, name)
		}
		for _, name := range []string{"sub/b.go", "web/x/y/a.tmpl", "web/b.tmpl", "testdata/named.txt"} {
			w.write(name, name)
		}
		w.only("created sub/b.go", "created web/x/y/a.tmpl", "created web/b.tmpl", "created testdata/named.txt")
	})
}

func TestDirsAreFlat(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		tr := newTree(t, "a/a.go", "a/b/b.go", "a/b/c/c.go", "go.mod", "other.go")
		w := tr.watch(Options{Poll: poll, Dirs: []string{"a", "a/b/c"}, Files: []string{"go.mod"}})
		for _, name := range []string{"other.go", "a/b/b.go", "a/b/new.go", "a/b/c/d/d.go"} {
			w.write(name, "not wanted")
		}
		for _, name := range []string{"a/a.go", "a/b/c/c.go", "go.mod"} {
			w.write(name, "wanted")
		}
		w.wants("modified a/a.go", "modified a/b/c/c.go", "modified go.mod")
	})
}

func TestGitignore(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		tr := newTree(t, "main.go")
		tr.write(".gitignore", "*.log\n/bin/\nvendor/\n")
		tr.write("keep/.gitignore", "!important.log\n!vendor\n")
		tr.mkdir(".git")
		tr.mkdir("module")
		w := tr.watch(Options{Poll: poll, Dir: tr.path("module"), Paths: []string{tr.root}})
		for _, name := range []string{"a.log", "bin/a", "x/vendor/v.go", "x/a.log", "keep/other.log"} {
			w.write(name, name)
		}
		for _, name := range []string{"x/bin/a", "keep/important.log", "keep/vendor/v.go", "bin.go"} {
			w.write(name, name)
		}
		w.wants("created x/bin/a", "created keep/important.log", "created keep/vendor/v.go", "created bin.go")

		// What the file ignores no more is taken as it is, and counts from then on.
		w.write(".gitignore", "/bin/\nvendor/\n")
		w.wants("modified .gitignore")
		w.write("a.log", "new")
		w.write("bin/a", "new")
		w.wants("modified a.log")
		w.write(".gitignore", "*.go\n")
		w.wants("modified .gitignore")
		w.write("main.go", "new")
		w.write("x/y/z.txt", "z")
		w.wants("created x/y/z.txt")
	})
}

func TestNoGitignore(t *testing.T) {
	t.Parallel()
	tr := newTree(t)
	tr.write(".gitignore", "*.log\n")
	w := tr.watch(Options{NoGitignore: true})
	w.write("a.log", "a")
	w.wants("created a.log")
}

func TestMalformedOptions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		o    Options
		want string
	}{
		"include": {Options{Include: []string{"*.{go"}}, `cannot use the pattern "*.{go": it is empty, or a bracket or brace is not closed`},
		"exclude": {Options{Exclude: []string{"/"}}, `cannot use the pattern "/": it is empty, or a bracket or brace is not closed`},
		"poll":    {Options{Poll: -2}, "cannot watch: an interval is negative (Poll -2ns, Quiet 0s)"},
	} {
		if _, err := Start(c.o); err == nil || err.Error() != c.want {
			t.Errorf("%s: got error %v, want %s", name, err, c.want)
		}
	}
}

func TestUpdate(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		tr := newTree(t, "a/a.go", "b/b.go", "c/c.go")
		w := tr.watch(Options{Poll: poll, Dirs: []string{"a", "b"}})
		w.write("a/a.go", "dropped")
		w.write("b/b.go", "kept")
		w.write("b/new.go", "kept")
		w.must(w.w.Update(Options{Dir: w.root, Poll: poll, Dirs: []string{"b", "c"}}))
		w.write("a/a.go", "not wanted any more")
		w.write("c/c.go", "wanted now")
		var sum Batch
		for deadline := time.After(tolerance); len(sum.Changes) < 3 || !has(sum, w.path("c/c.go")); {
			select {
			case b := <-w.w.Batches():
				sum = merge(sum, b)
			case <-deadline:
				t.Fatalf("got %q", w.format(sum))
			}
		}
		for _, c := range sum.Changes {
			if c.Path == w.path("a/a.go") {
				continue // may have been seen before the update
			}
			if dir := filepath.Base(filepath.Dir(c.Path)); dir != "b" && dir != "c" {
				t.Errorf("%s %s is not wanted", c.Op, c.Path)
			}
		}
		if err := w.w.Update(Options{Include: []string{"["}}); err == nil {
			t.Error("a malformed pattern is accepted")
		}
		w.write("b/last.go", "the set before is still in force")
		w.wants("created b/last.go")
	})
}

// A change between the old watches and the new ones is found by the survey.
func TestChangeDuringUpdate(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "a/a.go", "b/b.go")
	updating := false
	w := tr.watchWith(Options{Dirs: []string{"a"}}, opened(func() (backend, error) {
		b, err := newNotifier()
		if !updating {
			updating = true
			return b, err
		}
		return hooked{backend: b, before: func(string) {
			tr.write("a/a.go", "new")
			tr.write("a/n.go", "new")
		}}, err
	}))
	w.must(w.w.Update(Options{Dir: w.root, Dirs: []string{"a", "b"}}))
	w.wants("modified a/a.go", "created a/n.go")
}

func has(b Batch, path string) bool {
	for _, c := range b.Changes {
		if c.Path == path {
			return true
		}
	}
	return false
}

// A poller that finds an ignore file changed tells of it when its rules are in force, not before.
func TestIgnoreFileSpotted(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "a.log")
	tr.write(".gitignore", "*.log\n")
	tr.age(".gitignore")
	k, _ := tr.keeper(Options{})
	k.learn(eagerFiles, eagerBytes)
	tr.write(".gitignore", "*.txt\n")
	k.spot(tr.path(".gitignore"), file{})
	k.expire(k.quiet.closes())
	if _, met := k.files[tr.path("a.log")]; !met || k.stale || len(k.pending.Changes) != 1 {
		t.Errorf("a.log is known: %v, to be looked at again: %v, changes %v", met, k.stale, k.pending.Changes)
	}
}
