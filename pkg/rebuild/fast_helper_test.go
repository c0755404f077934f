package rebuild

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// fastTree is a program of packages that see more or less of each other.
func fastTree(t *testing.T) string {
	return newTree(t, map[string]string{
		"go.mod":   "module example.com/fast\n\ngo 1.26\n",
		"main.go":  fastMain,
		"mid/a.go": "package mid\n\nimport \"example.com/fast/deep\"\n\nfunc Name() string { return \"mid \" + deep.Name() + deep.Pair[int]{1, 2}.String() }\n",
		"mid/b.go": "package mid\n\n//go:noinline\nfunc Slow() string { return \"slow\" }\n",
		"deep/deep.go": `package deep

// Name is small enough to be inlined, everywhere.
func Name() string { return "deep" }

type Pair[T any] struct{ A, B T }

func (p Pair[T]) String() string { return "pair" }
`,
		"web/web.go":         "package web\n\nimport \"embed\"\n\n//go:embed static *.txt\nvar Files embed.FS\n",
		"web/static/page.js": "page",
		"web/note.txt":       "note",
		"in/side/side.go":    "package side\n\nconst Name = \"side\"\n",
		"tagged/all.go":      "package tagged\n\nvar Name = \"plain\"\n",
		"tagged/never.go":    "//go:build never\n\npackage tagged\n\nfunc init() { Name = \"never\" }\n",
	})
}

const fastMain = `package main

import (
	"example.com/fast/deep"
	"example.com/fast/in/side"
	"example.com/fast/mid"
	"example.com/fast/tagged"
	"example.com/fast/web"
)

func main() {
	page, _ := web.Files.ReadFile("static/page.js")
	println(mid.Name(), mid.Slow(), deep.Name(), tagged.Name, side.Name, string(page))
}
`

// fastBuilder is a builder that is prepared, and its first artifact.
func fastBuilder(t *testing.T, o Options) (*Builder, Artifact) {
	t.Helper()
	o.Fast = true
	if o.Package == "" {
		o.Package = "."
	}
	b := newBuilder(t, o)
	a := mustBuild(t, b)
	if err := b.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b, a
}

// plainly is the content that go build makes with the flags of a fast build.
func plainly(t *testing.T, b *Builder) []byte {
	t.Helper()
	exe := filepath.Join(t.TempDir(), "plain")
	s, err := goSettings(t.Context(), b.o.Dir, b.o.Env)
	if err != nil {
		t.Fatal(err)
	}
	args := append([]string{"build", "-o", exe}, fastFlags(b.o.Flags, s.goflags(), b.o.Debug)...)
	cmd := exec.CommandContext(t.Context(), "go", append(args, b.o.Package)...)
	cmd.Dir, cmd.Env = b.o.Dir, environ(b.o.Env, b.o.Dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v: %s", err, out)
	}
	content, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// checkSame builds, and fails if go build makes anything else of the sources.
func checkSame(t *testing.T, b *Builder) (a Artifact, fast bool) {
	t.Helper()
	a = mustBuild(t, b)
	got, err := os.ReadFile(a.Path)
	if err != nil {
		t.Fatal(err)
	}
	if want := plainly(t, b); !bytes.Equal(got, want) {
		t.Errorf("%s is not what go build makes", a.Path)
	}
	return a, b.fast.key != ""
}

// edit replaces a text in a file, which must be there.
func edit(t *testing.T, dir, name, from, to string) {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(src), from) {
		t.Fatalf("%s does not hold %q", name, from)
	}
	writeTree(t, dir, map[string]string{name: strings.ReplaceAll(string(src), from, to)})
}
