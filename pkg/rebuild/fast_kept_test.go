package rebuild

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

// What was built before is there again without a tool being run: whatever the
// times of the files say, and for another builder, too.
func TestFastBuildKeepsWhatItMade(t *testing.T) {
	dir := fastTree(t)
	b, first := fastBuilder(t, Options{Dir: dir})
	edit(t, dir, "deep/deep.go", `"deep"`, `"changed"`)
	changed, fast := checkSame(t, b)
	if !fast || changed.Hash == first.Hash {
		t.Fatalf("fast %v, hash %s", fast, changed.Hash)
	}
	edit(t, dir, "deep/deep.go", `"changed"`, `"deep"`)
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "main.go"), old, old); err != nil {
		t.Fatal(err)
	}
	again := newBuilder(t, b.o)
	for _, b := range []*Builder{b, again} {
		if p, l := b.fast.match(b.o.Env); p == nil {
			t.Fatal("no plan")
		} else if hash, ok := b.fast.memory.find(p.key(l)); !ok || hash != first.Hash {
			t.Errorf("it does not know the artifact: %q", hash)
		}
		r := newRunner(b.o, filepath.Join(t.TempDir(), "scratch"))
		if kept, err := b.fast.build(t.Context(), r, r.scratch); kept != first.Hash {
			t.Errorf("it would make %q (%v), want %s", kept, err, first.Hash)
		}
		a := mustBuild(t, b)
		if a.Hash != first.Hash || a.Path != first.Path || b.fast.key == "" {
			t.Errorf("it made %s, want %s", a.Hash, first.Hash)
		}
		if a.Took <= 0 || !a.Built.After(changed.Built) {
			t.Errorf("built %v, took %v", a.Built, a.Took)
		}
		if got := hashes(t, b); got[0] != first.Hash {
			t.Errorf("the newest is %s", got[0])
		}
	}
}

func TestFastBuildWithoutTheKeptArtifact(t *testing.T) {
	dir := fastTree(t)
	b, first := fastBuilder(t, Options{Dir: dir})
	if err := os.WriteFile(first.Path, []byte("half of it"), 0o755); err != nil {
		t.Fatal(err)
	}
	if a, fast := checkSame(t, b); a.Hash != first.Hash || !fast {
		t.Errorf("damaged: it made %s (fast %v)", a.Hash, fast)
	}
	if err := os.RemoveAll(filepath.Dir(first.Path)); err != nil {
		t.Fatal(err)
	}
	if a, fast := checkSame(t, b); a.Hash != first.Hash || !fast {
		t.Errorf("gone: it made %s (fast %v)", a.Hash, fast)
	}
}

// Plans of other options are for other programs, though they are in one store.
func TestFastBuildWithOtherOptions(t *testing.T) {
	dir := newTree(t, map[string]string{
		"go.mod":     "module example.com/tags\n\ngo 1.26\n",
		"main.go":    "package main\n\nvar name = \"\"\nvar more = \"\"\n\nfunc main() { println(name + more) }\n",
		"extra.go":   "//go:build extra\n\npackage main\n\nfunc init() { name = \"tagged\" }\n",
		"two/two.go": "package main\n\nfunc main() { println(\"two\") }\n",
	})
	b, _ := fastBuilder(t, Options{Dir: dir, Name: "service"})
	for name, c := range map[string]struct {
		o    Options
		says string
		slow bool // there is no plan for it
	}{
		"tags":      {Options{Flags: []string{"-tags", "extra"}}, "tagged", false},
		"ldflags":   {Options{Flags: []string{"-ldflags=-X main.more=more"}}, "more", false},
		"debug":     {Options{Debug: true}, "", false},
		"trimpath":  {Options{Flags: []string{"-trimpath"}}, "", false},
		"gcflags":   {Options{Flags: []string{"-gcflags", "-N -l"}}, "", false},
		"buildvcs":  {Options{Flags: []string{"-buildvcs=auto"}}, "", true},
		"a package": {Options{Package: "./two"}, "two", false},
		"a file":    {Options{Package: "main.go"}, "", false},
		"mod":       {Options{Env: goEnv("GOFLAGS=-mod=mod")}, "", false},
		"GOFLAGS":   {Options{Env: goEnv("GOFLAGS=-tags=extra '-ldflags=-X main.more=more'")}, "taggedmore", true},
		"GODEBUG":   {Options{Env: goEnv("GODEBUG=madvdontneed=1")}, "", false},
		"plain":     {Options{Env: goEnv("GOGC=50")}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			o := c.o
			o.Dir, o.Name, o.Store, o.Fast = dir, "service", b.o.Store, true
			if o.Package == "" {
				o.Package = "."
			}
			b := newBuilder(t, o)
			a, _ := checkSame(t, b)
			if got := output(t, a); got != c.says {
				t.Errorf("it says %q, want %q", got, c.says)
			}
			if err := b.Prepare(t.Context()); (err != nil) != c.slow {
				t.Fatalf("prepare: %v", err)
			}
			edit(t, dir, "main.go", "func main", "// one more\nfunc main")
			if _, fast := checkSame(t, b); fast == c.slow {
				t.Errorf("fast %v", fast)
			}
		})
	}
}

// The graph comes with the plan.
func TestFastInputs(t *testing.T) {
	dir := inputsTree(t)
	b, _ := fastBuilder(t, Options{Dir: filepath.Join(dir, "app"), Package: "./cmd/web"})
	g, err := b.Inputs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want, err := Inputs(t.Context(), b.o.Dir, b.o.Package, b.o.Env)
	if err != nil || !reflect.DeepEqual(g, want) {
		t.Errorf("%v\ngraph %+v\nwant  %+v", err, g, want)
	}
	b.fast.memory.plans[0].Graph.Dirs = []string{"from the plan"}
	edit(t, dir, "app/lib/lib.go", "import \"embed\"", "// It embeds.\nimport \"embed\"")
	if g, err := b.Inputs(t.Context()); err != nil || g.Dirs[0] != "from the plan" {
		t.Errorf("%v: %q", err, g.Dirs)
	}
	edit(t, dir, "app/lib/lib.go", "import \"embed\"", "import \"embed\"\nimport _ \"strings\"")
	if g, err := b.Inputs(t.Context()); err != nil || !reflect.DeepEqual(g.Dirs, want.Dirs) {
		t.Errorf("%v: %q", err, g.Dirs)
	}
}
