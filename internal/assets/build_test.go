package assets

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// project is a directory of sources.
type project struct {
	t   *testing.T
	dir string
}

func newProject(t *testing.T) project {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := project{t, dir}
	p.save("web/main.ts", "import { name } from './name'\nimport './app.css'\nconst n: string = name\nconsole.log(n)\n")
	p.save("web/name.ts", "export const name = 'first'\n")
	p.save("web/app.css", "@import './theme.css';\np { background: url(dot.png) }\n")
	p.save("web/theme.css", "p { color: red }\n")
	p.save("web/dot.png", "dots")
	return p
}

func (p project) path(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }

func (p project) paths(names ...string) []string {
	for i, name := range names {
		names[i] = p.path(name)
	}
	return names
}

func (p project) save(name, text string) {
	p.t.Helper()
	if err := os.MkdirAll(filepath.Dir(p.path(name)), 0o777); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(p.path(name), []byte(text), 0o666); err != nil {
		p.t.Fatal(err)
	}
}

func (p project) read(name string) string {
	p.t.Helper()
	b, err := os.ReadFile(p.path(name))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(b)
}

// files lists what is in a directory.
func (p project) files(dir string) (names []string) {
	p.t.Helper()
	err := filepath.WalkDir(p.path(dir), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(p.dir, path)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.t.Fatal(err)
	}
	return names
}

func (p project) builder(o Options) *Builder {
	p.t.Helper()
	o.Dir = p.dir
	if o.Entry == nil {
		o.Entry = []string{"web/main.ts"}
	}
	b, err := New(o)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(b.Close)
	return b
}

// build wants a build to succeed and to write some files.
func (p project) build(b *Builder, changed ...string) Result {
	p.t.Helper()
	r, err := b.Build(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	if want := p.paths(changed...); !slices.Equal(r.Changed, want) {
		p.t.Fatalf("wrote %q, want %q", r.Changed, want)
	}
	return r
}

// fail wants a build to fail because of the source.
func (p project) fail(b *Builder) (Result, []Problem) {
	p.t.Helper()
	r, err := b.Build(p.t.Context())
	failed, ok := errors.AsType[*Error](err)
	if !ok || r.Changed != nil {
		p.t.Fatalf("wrote %q, %v", r.Changed, err)
	}
	return r, failed.Problems
}

func TestBuild(t *testing.T) {
	p := newProject(t)
	b := p.builder(Options{})
	r, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := p.paths("web/app.css", "web/dot.png", "web/main.ts", "web/name.ts", "web/theme.css")
	if !slices.Equal(r.Inputs, want) {
		t.Errorf("inputs %q, want %q", r.Inputs, want)
	}
	if got := p.files("dist"); len(got) != 3 || len(r.Changed) != 3 || got[1] != "dist/main.css" || got[2] != "dist/main.js" {
		t.Errorf("dist holds %q, written %q", got, r.Changed)
	}
	for name, want := range map[string]string{"dist/main.js": `"first"`, "dist/main.css": "color: red"} {
		if got := p.read(name); !strings.Contains(got, want) || strings.Contains(got, "sourceMappingURL") {
			t.Errorf("%s is %q", name, got)
		}
	}
}

// Only what is new is written, and in one step.
func TestBuildAgain(t *testing.T) {
	p := newProject(t)
	b := p.builder(Options{OutputDir: "out/static"})
	if _, err := b.Build(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.build(b)
	before, err := os.Stat(p.path("out/static/main.css"))
	if err != nil {
		t.Fatal(err)
	}
	p.save("web/theme.css", "p { color: blue }\n")
	p.build(b, "out/static/main.css")
	after, err := os.Stat(p.path("out/static/main.css"))
	if err != nil {
		t.Fatal(err)
	}
	if os.SameFile(before, after) {
		t.Error("written in place")
	}
	if got := p.read("out/static/main.css"); !strings.Contains(got, "blue") {
		t.Errorf("main.css is %q", got)
	}
	p.save("web/name.ts", "// A comment.\nexport const name = 'first'\n")
	p.build(b)
	p.save("web/name.ts", "export const name = 'other'\n")
	p.build(b, "out/static/main.js")
	if err := os.Remove(p.path("out/static/main.css")); err != nil {
		t.Fatal(err)
	}
	p.build(b, "out/static/main.css")
	if got := p.files("out"); len(got) != 3 {
		t.Errorf("out holds %q", got)
	}
}

func TestMinifyAndSourcemap(t *testing.T) {
	p := newProject(t)
	p.save("web/name.ts", "export const name = process.env.NODE_ENV\n")
	p.build(p.builder(Options{Entry: []string{"web/name.ts", "web/theme.css"}, Minify: true, Sourcemap: true}),
		"dist/name.js", "dist/name.js.map", "dist/theme.css", "dist/theme.css.map")
	if got, want := p.read("dist/theme.css"), "p{color:red}\n/*# sourceMappingURL=theme.css.map */\n"; got != want {
		t.Errorf("theme.css is %q, want %q", got, want)
	}
	p.save("web/main.ts", "console.log(process.env.NODE_ENV)")
	for _, minify := range []bool{false, true} {
		if _, err := p.builder(Options{Minify: minify}).Build(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := map[bool]string{false: `"development"`, true: `"production"`}[minify]
		if got := p.read("dist/main.js"); !strings.Contains(got, want) {
			t.Errorf("main.js is %q, want %s", got, want)
		}
	}
}

func TestWildcards(t *testing.T) {
	p := newProject(t)
	b := p.builder(Options{Entry: []string{"web/*.css"}})
	if _, err := b.Build(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.save("web/new.css", "a { b: c }")
	p.build(b, "dist/new.css")
}

func TestProblems(t *testing.T) {
	p := newProject(t)
	b := p.builder(Options{})
	p.save("web/main.ts", "import './missing'\nimport './name'\nlet x = ;\n")
	r, problems := p.fail(b)
	if len(problems) == 0 || problems[0].File != "web/main.ts" || problems[0].Line != 3 || problems[0].Column != 9 {
		t.Fatalf("problems %+v", problems)
	}
	if want := p.paths("web/main.ts"); !slices.Equal(r.Inputs, want) {
		t.Errorf("inputs %q, want %q", r.Inputs, want)
	}
	p.save("web/main.ts", "import './missing'\nimport './name'\nimport './lost'\n")
	_, problems = p.fail(b)
	if len(problems) != 2 || problems[0].String() != `web/main.ts:1:8: Could not resolve "./missing"` || problems[1].Line != 3 {
		t.Errorf("problems %+v", problems)
	}
	if _, err := b.Build(t.Context()); err.Error() != `cannot build assets: web/main.ts:1:8: Could not resolve "./missing" (and 1 more)` {
		t.Error(err)
	}
	if got := p.files("dist"); got != nil {
		t.Errorf("dist holds %q", got)
	}
	p.save("web/missing.ts", "console.log('found')")
	p.save("web/lost.ts", "console.log('found')")
	p.build(b, "dist/main.js")
	p.save("web/lost.ts", "console.log(")
	r, _ = p.fail(b)
	if want := p.paths("web/lost.ts", "web/main.ts", "web/missing.ts", "web/name.ts"); !slices.Equal(r.Inputs, want) {
		t.Errorf("inputs %q, want %q", r.Inputs, want)
	}
}

func TestWarnings(t *testing.T) {
	p := newProject(t)
	p.save("web/main.ts", "if (typeof x == 'nonsense') x()\n")
	r := p.build(p.builder(Options{}), "dist/main.js")
	if len(r.Warnings) != 1 || r.Warnings[0].Line != 1 {
		t.Errorf("warnings %+v", r.Warnings)
	}
}

func TestMissingEntry(t *testing.T) {
	p := newProject(t)
	b := p.builder(Options{Entry: []string{"web/none.ts"}})
	_, problems := p.fail(b)
	if want := `Could not resolve "web/none.ts"`; len(problems) != 1 || problems[0].String() != want {
		t.Errorf("problems %+v, want %s", problems, want)
	}
	p.save("web/none.ts", "")
	p.build(b, "dist/none.js")
}

func TestCancelledBuildWritesNothing(t *testing.T) {
	p := newProject(t)
	b := p.builder(Options{})
	why := errors.New("a later save")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	if r, err := b.Build(ctx); !errors.Is(err, why) || r.Changed != nil {
		t.Errorf("wrote %q, %v", r.Changed, err)
	}
	if got := p.files("dist"); got != nil {
		t.Errorf("dist holds %q", got)
	}
	if r, err := b.Build(t.Context()); err != nil || len(r.Changed) != 3 {
		t.Errorf("wrote %q, %v", r.Changed, err)
	}
}

// Whenever the end comes, a build is done or it is not, and the next one is right.
func TestCancelAtAnyTime(t *testing.T) {
	p := newProject(t)
	b := p.builder(Options{})
	for i := range 30 {
		text := fmt.Sprint("turn ", i)
		p.save("web/name.ts", "export const name = '"+text+"'\n")
		ctx, cancel := context.WithCancel(t.Context())
		cancelled := make(chan struct{})
		go func() {
			defer close(cancelled)
			for range i * 1000 {
				runtime.Gosched()
			}
			cancel()
		}()
		_, err := b.Build(ctx)
		<-cancelled
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		_, next := b.Build(t.Context())
		if got := p.read("dist/main.js"); next != nil || !strings.Contains(got, text) {
			t.Fatalf("after a build that ended with %v: %v, %s", err, next, got)
		}
	}
}

func TestOutputInTheWay(t *testing.T) {
	p := newProject(t)
	p.save("dist", "a file")
	_, err := p.builder(Options{}).Build(t.Context())
	if err == nil || !strings.HasPrefix(err.Error(), "cannot write "+p.path("dist")) {
		t.Error(err)
	}
	if _, ok := errors.AsType[*Error](err); ok {
		t.Error("said of the source")
	}
}

func TestOptionsThatCannotBe(t *testing.T) {
	if _, err := New(Options{}); err == nil || err.Error() != "cannot build assets: no entry is given" {
		t.Error(err)
	}
}
