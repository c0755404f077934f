package rebuild

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// inputsTree is a workspace of two modules; the first replaces a third one by
// its directory.
func inputsTree(t *testing.T) string {
	return newTree(t, map[string]string{
		"go.work":    "go 1.26\n\nuse (\n\t./app\n\t./shared\n\t./apart\n)\n",
		"app/go.mod": "module example.com/app\n\ngo 1.26\n\nrequire example.com/local v0.0.0\n\nreplace example.com/local => ../local\n",
		"app/cmd/web/main.go": `package main

import (
	_ "example.com/app/lib"
	_ "example.com/local/deep"
	_ "example.com/shared"
	_ "strings"
)

func main() {}
`,
		"app/lib/lib.go": `package lib

import "embed"

//go:embed static all:more *.txt tmpl/*/page.html one.css
var files embed.FS
`,
		"app/lib/static/a.js":      "",
		"app/lib/static/deep/b.js": "",
		"app/lib/static/.hidden":   "",
		"app/lib/more/.seen":       "",
		"app/lib/note.txt":         "",
		"app/lib/dir.txt/inside":   "",
		"app/lib/tmpl/x/page.html": "",
		"app/lib/one.css":          "",
		"app/lib/lib_tagged.go":    "//go:build tagged\n\npackage lib\n\nimport _ \"example.com/app/tagged\"\n",
		"app/tagged/tagged.go":     "package tagged\n\nimport _ \"embed\"\n\n//go:embed tagged.json\nvar s string\n",
		"app/tagged/tagged.json":   "{}",
		"app/unused/unused.go":     "package unused\n",
		"shared/go.mod":            "module example.com/shared\n\ngo 1.26\n",
		"shared/shared.go":         "package shared\n",
		"local/go.mod":             "module example.com/local\n\ngo 1.26\n",
		"local/deep/deep.go":       "package deep\n",
		"apart/go.mod":             "module example.com/apart\n\ngo 1.26\n",
		"apart/apart.go":           "package apart\n",
	})
}

// below names paths relative to dir, and leaves out what is elsewhere.
func below(t *testing.T, dir string, paths []string) []string {
	t.Helper()
	if !slices.IsSorted(paths) || len(slices.Compact(slices.Clone(paths))) != len(paths) {
		t.Errorf("not sorted or not unique: %q", paths)
	}
	var rel []string
	for _, path := range paths {
		name, ok := strings.CutPrefix(path, dir+string(filepath.Separator))
		if !ok {
			t.Errorf("%s is not below %s", path, dir)
		}
		rel = append(rel, filepath.ToSlash(name))
	}
	return rel
}

func checkPaths(t *testing.T, what, dir string, paths []string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := below(t, dir, paths); !slices.Equal(got, want) {
		t.Errorf("%s\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestInputs(t *testing.T) {
	dir := inputsTree(t)
	g, err := Inputs(t.Context(), filepath.Join(dir, "app"), "./cmd/web", goEnv())
	if err != nil || g.Incomplete != nil {
		t.Fatal(err, g.Incomplete)
	}
	modules := []string{
		"go.work", "go.work.sum", "app/go.mod", "app/go.sum", "shared/go.mod", "shared/go.sum",
		"local/go.mod", "local/go.sum", "apart/go.mod", "apart/go.sum",
	}
	embedded := []string{
		"app/lib/static/a.js", "app/lib/static/deep/b.js", "app/lib/more/.seen", "app/lib/note.txt",
		"app/lib/dir.txt/inside", "app/lib/tmpl/x/page.html", "app/lib/one.css",
	}
	checkPaths(t, "dirs", dir, g.Dirs, "app/cmd/web", "app/lib", "shared", "local/deep")
	checkPaths(t, "files", dir, g.Files, slices.Concat(modules, embedded)...)
	checkPaths(t, "trees", dir, g.Trees, "app/lib/static", "app/lib/more", "app/lib/dir.txt", "app/lib/tmpl")
}

func TestInputsWithFlags(t *testing.T) {
	dir := inputsTree(t)
	b := newBuilder(t, Options{Dir: filepath.Join(dir, "app"), Package: "./cmd/web", Flags: []string{"-tags=tagged", "-race"}})
	g, err := b.Inputs(t.Context())
	if err != nil || g.Incomplete != nil {
		t.Fatal(err, g.Incomplete)
	}
	checkPaths(t, "dirs", dir, g.Dirs, "app/cmd/web", "app/lib", "app/tagged", "shared", "local/deep")
	if !slices.Contains(g.Files, filepath.Join(dir, "app", "tagged", "tagged.json")) {
		t.Errorf("files %q", g.Files)
	}
}

func TestGraphHas(t *testing.T) {
	dir := inputsTree(t)
	g, err := Inputs(t.Context(), filepath.Join(dir, "app"), "./cmd/web", goEnv())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"app/lib/lib.go": true, "app/lib/new.go": true, "app/lib/new_test.go": false, "app/lib/notes.md": false,
		"app/lib/sub/new.go": false, "app/unused/unused.go": false, "go.work": true, "shared/go.sum": true,
		"app/lib/new.txt": true, "app/lib/sub/new.txt": false, "app/lib/static/new.js": true,
		"app/lib/static/deep/er/new.js": true, "app/lib/more/new": true, "app/lib/one.css": true, "app/lib/two.css": false,
		"app/lib/tmpl/y/page.html": true, "app/lib/tmpl/y/other.html": false, "app/lib/tmpl/page.html": false,
		"app/lib": false, "elsewhere/lib.go": false,
	} {
		if got := g.Has(filepath.Join(dir, filepath.FromSlash(name))); got != want {
			t.Errorf("Has(%s) = %v", name, got)
		}
	}
}

func TestInputsOfBrokenSource(t *testing.T) {
	dir := inputsTree(t)
	writeTree(t, dir, map[string]string{"app/lib/lib.go": "package lib\n\nimport (\n"})
	g, err := Inputs(t.Context(), filepath.Join(dir, "app"), "./cmd/web", goEnv())
	if err != nil {
		t.Fatal(err)
	}
	if g.Incomplete == nil || !strings.Contains(g.Incomplete.Error(), "lib.go") {
		t.Errorf("incomplete: %v", g.Incomplete)
	}
	checkPaths(t, "dirs", dir, g.Dirs, "app/cmd/web", "app/lib", "shared", "local/deep")

	writeTree(t, dir, map[string]string{"app/lib/lib.go": "package lib\n\nimport _ \"embed\"\n\n//go:embed missing.css\nvar s string\n"})
	g, err = Inputs(t.Context(), filepath.Join(dir, "app"), "./cmd/web", goEnv())
	if err != nil || g.Incomplete == nil {
		t.Fatal(err, g.Incomplete)
	}
	if !g.Has(filepath.Join(dir, "app", "lib", "missing.css")) || !slices.Contains(g.Files, filepath.Join(dir, "app", "lib", "missing.css")) {
		t.Errorf("the embedded file that is missing is not among %q", g.Files)
	}
}

func TestInputsErrors(t *testing.T) {
	dir := inputsTree(t)
	_, err := Inputs(t.Context(), filepath.Join(dir, "app"), "./cmd/web", goEnv("GOFLAGS=-bogus"))
	if err == nil || !strings.HasPrefix(err.Error(), "cannot find what ./cmd/web imports: go env: exit status 1: ") &&
		!strings.HasPrefix(err.Error(), "cannot find what ./cmd/web imports: go list: exit status ") {
		t.Errorf("bad flag: error %v", err)
	}
	writeTree(t, dir, map[string]string{"app/go.mod": "modul\n"})
	_, err = Inputs(t.Context(), filepath.Join(dir, "app"), "./cmd/web", goEnv())
	if err == nil || !strings.Contains(err.Error(), "unknown directive: modul") {
		t.Errorf("bad go.mod: error %v", err)
	}
	outside := newTree(t, map[string]string{"main.go": "package main\n"})
	if _, err := Inputs(t.Context(), outside, ".", goEnv()); !errors.Is(err, ErrNoModule) {
		t.Errorf("no module: error %v", err)
	}
	b := newBuilder(t, Options{Command: "make", Output: "bin/web"})
	if _, err := b.Inputs(t.Context()); err == nil {
		t.Error("the inputs of a command are not known")
	}
}

// A file that go build would read, in a directory whose name has wildcards.
func TestInputsBelowAnOddDirectory(t *testing.T) {
	dir := newTree(t, map[string]string{
		"a [b]/go.mod":       "module example.com/odd\n\ngo 1.26\n",
		"a [b]/main.go":      "package main\n\nimport \"embed\"\n\n//go:embed web*\nvar files embed.FS\n\nfunc main() {}\n",
		"a [b]/web/index.md": "",
	})
	g, err := Inputs(t.Context(), filepath.Join(dir, "a [b]"), ".", goEnv())
	if err != nil || g.Incomplete != nil {
		t.Fatal(err, g.Incomplete)
	}
	checkPaths(t, "trees", dir, g.Trees, "a [b]/web")
	if !g.Has(filepath.Join(dir, "a [b]", "web", "new")) {
		t.Error("a new file would be embedded")
	}
	if _, err := os.Stat(g.Trees[0]); err != nil {
		t.Error(err)
	}
}
