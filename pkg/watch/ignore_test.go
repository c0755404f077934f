package watch

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// ignoreCases are ignore files with paths; want is what git 2 says of each path.
var ignoreCases = []struct {
	rules string
	paths string // a directory ends in a slash
	want  string // the paths that are ignored
}{
	{lines("*.log", "!keep.log"), "a.log x/b.log keep.log x/keep.log a.txt", "a.log x/b.log"},
	{lines("/bin"), "bin x/bin", "bin"},
	{lines("build/"), "build/ x/build/ y/z/build", "build/ x/build/"},
	{lines("doc/*.txt"), "doc/a.txt doc/x/a.txt x/doc/a.txt", "doc/a.txt"},
	{lines("**/foo/bar"), "foo/bar x/y/foo/bar foo/x/bar", "foo/bar x/y/foo/bar"},
	{lines("abc/**"), "abc/ abc/a.txt abc/x/y.txt", "abc/a.txt abc/x/ abc/x/y.txt"},
	{lines("a/**/b"), "a/b a/x/b a/x/y/b b", "a/b a/x/b a/x/y/b"},
	{lines("*", "!*/", "!*.go"), "a.go a.txt x/a.go x/y/a.txt", "a.txt x/y/a.txt"},
	{lines("*", "!src"), "src/ src/a.go", "src/a.go"},
	{lines("foo", "!foo/bar"), "foo/bar", "foo/ foo/bar"},
	{lines("# comment", "", `\#file`, `\!file`), "#file !file", "#file !file"},
	{lines("trail  ", `space\ `), "trail space", "trail"},
	{"crlf\r\n*.x\r\n", "crlf a.x", "crlf a.x"},
	{"\ufeffbom\n", "bom", "bom"},
	{lines("{a,b}.txt"), "a.txt b.txt {a,b}.txt", "{a,b}.txt"},
	{lines("[ab].txt", "[!c].md", "[^d].c"), "a.txt c.txt c.md e.md d.c e.c", "a.txt e.md e.c"},
	{lines("a[", "z?c", "**.tmp"), "zbc zc x/y.tmp", "zbc x/y.tmp"},
	{lines("a**b"), "axb ab x/a1b", "axb ab x/a1b"},
	{lines("!x", "x"), "x", "x"},
	{lines("/", "!", "//"), "a b/c", ""},
}

func TestIgnoreRules(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil && !errors.Is(err, exec.ErrNotFound) {
		t.Fatal(err)
	}
	for _, c := range ignoreCases {
		tr := newTree(t)
		tr.write(".gitignore", c.rules)
		tr.mkdir(".git")
		paths := map[string]bool{}
		for _, p := range strings.Fields(c.paths) {
			for d := filepath.ToSlash(filepath.Dir(strings.TrimSuffix(p, "/"))); d != "."; d = filepath.ToSlash(filepath.Dir(d)) {
				paths[d+"/"] = true
			}
			paths[p] = true
		}
		var got, want []string
		for p := range paths {
			if ignoredOnTheWay(tr.root, p) {
				got = append(got, p)
			}
		}
		slices.Sort(got)
		want = append(want, strings.Fields(c.want)...)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%q: ignored %q, want %q", c.rules, got, want)
		}
		if git != "" {
			for p := range paths {
				if theirs := gitIgnores(t, git, tr, p); theirs != slices.Contains(want, p) {
					t.Errorf("%q: git says %v of %q", c.rules, theirs, p)
				}
			}
		}
	}
}

// ignoredOnTheWay goes down to a path as a survey does.
func ignoredOnTheWay(root, path string) bool {
	g := newIgnore(root)
	g.load(root)
	at := root
	parts := strings.Split(strings.TrimSuffix(path, "/"), "/")
	for i, part := range parts {
		at = filepath.Join(at, part)
		dir := i < len(parts)-1 || strings.HasSuffix(path, "/")
		if g.match(at, dir) {
			return true
		}
	}
	return false
}

// gitIgnores asks git, with the path in place.
func gitIgnores(t *testing.T, git string, tr tree, path string) bool {
	t.Helper()
	dir := t.TempDir()
	run := func(args ...string) error {
		cmd := exec.CommandContext(t.Context(), git, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
		return cmd.Run()
	}
	tr.must(run("init", "-q"))
	text, err := os.ReadFile(tr.path(".gitignore"))
	tr.must(err)
	tr.must(os.WriteFile(filepath.Join(dir, ".gitignore"), text, 0o644))
	full := filepath.Join(dir, path)
	if strings.HasSuffix(path, "/") {
		tr.must(os.MkdirAll(full, 0o755))
	} else {
		tr.must(os.MkdirAll(filepath.Dir(full), 0o755))
		tr.must(os.WriteFile(full, nil, 0o644))
	}
	err = run("check-ignore", "-q", "--no-index", "--", strings.TrimSuffix(path, "/"))
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		return false
	}
	tr.must(err)
	return true
}

func FuzzParseIgnore(f *testing.F) {
	for _, c := range ignoreCases {
		f.Add(c.rules, strings.Fields(c.paths)[0])
	}
	f.Fuzz(func(t *testing.T, rules, path string) {
		for _, r := range parseIgnore(rules) {
			if r.pattern == "" {
				t.Errorf("an empty rule in %q", rules)
			}
			if file, dir := r.match(path, false), r.match(path, true); file && !dir {
				t.Errorf("%q matches the file %q and not the directory", r.pattern, path)
			}
		}
	})
}

func FuzzGlob(f *testing.F) {
	for _, p := range []string{"*.go", "**/testdata/**", "tmp/", "./a/{b,c}", "[a-", "/", ""} {
		f.Add(p, "a/b.go")
	}
	f.Fuzz(func(t *testing.T, pattern, path string) {
		g, err := newGlob(pattern)
		if err != nil {
			return
		}
		if g.dirOnly && g.match(path, false) {
			t.Errorf("%q is for directories and matches the file %q", pattern, path)
		}
		if g.base && strings.Contains(g.pattern, "/") {
			t.Errorf("%q has a slash and is for base names", pattern)
		}
	})
}
