package rebuild

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const hello = "package main\n\nfunc main() { println(\"hello\") }\n"

func helloModule(t *testing.T) string {
	return newTree(t, map[string]string{
		"go.mod":          "module example.com/hello\n\ngo 1.26\n",
		"cmd/web/main.go": hello,
		"lib/lib.go":      "package lib\n",
	})
}

func output(t *testing.T, a Artifact) string {
	t.Helper()
	out, err := exec.Command(a.Path).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", a.Path, err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestGoBuild(t *testing.T) {
	dir := helloModule(t)
	b := newBuilder(t, Options{Dir: dir, Package: "./cmd/web"})
	before := time.Now()
	a := mustBuild(t, b)
	if want := filepath.Join(b.o.Store, a.Hash, "web"+exeSuffix); a.Path != want {
		t.Errorf("path %s, want %s", a.Path, want)
	}
	if sum, err := hashFile(a.Path); sum != a.Hash {
		t.Errorf("hash %s, want %s (%v)", a.Hash, sum, err)
	}
	if a.Built.Before(before) || a.Took <= 0 || a.Took > time.Since(before) {
		t.Errorf("built %v, took %v", a.Built, a.Took)
	}
	if got := output(t, a); got != "hello" {
		t.Errorf("it prints %q", got)
	}
	checkStore(t, b, a)
}

func TestSameContentIsTheSameArtifact(t *testing.T) {
	dir := helloModule(t)
	b := newBuilder(t, Options{Dir: dir, Package: "./cmd/web"})
	first := mustBuild(t, b)
	file, err := os.Stat(first.Path)
	if err != nil {
		t.Fatal(err)
	}
	again := mustBuild(t, b)
	if again.Hash != first.Hash || again.Path != first.Path {
		t.Fatalf("two builds of the same source: %s and %s", first.Hash, again.Hash)
	}
	if now, err := os.Stat(first.Path); err != nil || !os.SameFile(file, now) {
		t.Errorf("the artifact was replaced (%v)", err)
	}
	elsewhere := mustBuild(t, newBuilder(t, Options{Dir: dir, Package: "./cmd/web"}))
	if elsewhere.Hash != first.Hash {
		t.Errorf("another store gives another content")
	}

	writeTree(t, dir, map[string]string{"cmd/web/main.go": strings.Replace(hello, "hello", "changed", 1)})
	changed := mustBuild(t, b)
	if changed.Hash == first.Hash {
		t.Fatal("other source, same hash")
	}
	if got := output(t, changed); got != "changed" {
		t.Errorf("the new one prints %q", got)
	}
	if got := output(t, first); got != "hello" {
		t.Errorf("the old one prints %q", got)
	}
	checkStore(t, b, first, changed)
}

func TestGoBuildFails(t *testing.T) {
	dir := helloModule(t)
	lines := newSink()
	b := newBuilder(t, Options{Dir: dir, Package: "./cmd/web", Sink: lines})
	good := mustBuild(t, b)
	writeTree(t, dir, map[string]string{
		"cmd/web/main.go": "package main\n\nfunc main() {\n\tfoo()\n\tvar x int\n}\n\nfunc init() {\n\treturn 1\n}\n",
	})
	_, err := b.Build(t.Context())
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("got %#v", err)
	}
	main := filepath.Join("cmd", "web", "main.go")
	want := "cannot build ./cmd/web: go build: exit status 1: " + main + ":4:2: undefined: foo (and 2 more)"
	if err.Error() != want {
		t.Errorf("error\n%s\nwant\n%s", err, want)
	}
	if e.Step != StepGo || e.Command != "go build ./cmd/web" || e.Exit != 1 || e.Timeout {
		t.Errorf("error %#v", e)
	}
	places := []Diagnostic{
		{main, 4, 2, "undefined: foo"},
		{main, 5, 6, "declared and not used: x"},
		{main, 9, 9, "too many return values\n\thave (number)\n\twant ()"},
	}
	if !slices.Equal(e.Diagnostics, places) {
		t.Errorf("diagnostics %q\nwant %q", e.Diagnostics, places)
	}
	if got := lines.all(); got != string(e.Output) || !strings.Contains(got, main+":4:2: undefined: foo\n") {
		t.Errorf("the sink got\n%s\nthe error\n%s", got, e.Output)
	}
	checkStore(t, b, good)
}

func TestGoFlagsAndEnv(t *testing.T) {
	dir := newTree(t, map[string]string{
		"go.mod":   "module example.com/tags\n\ngo 1.26\n",
		"main.go":  "package main\n\nvar name = \"\"\nvar more = \"\"\n\nfunc main() { println(name + more) }\n",
		"extra.go": "//go:build extra\n\npackage main\n\nfunc init() { name = \"tagged\" }\n",
	})
	b := newBuilder(t, Options{
		Dir: dir, Package: ".", Name: "service",
		Flags: []string{"-tags", "extra"},
		Env:   goEnv("GOFLAGS=-ldflags=-X=main.more=andmore"),
	})
	a := mustBuild(t, b)
	if filepath.Base(a.Path) != "service"+exeSuffix {
		t.Errorf("path %s", a.Path)
	}
	if got := output(t, a); got != "taggedandmore" {
		t.Errorf("it prints %q", got)
	}
}

func TestGoBuildOfWhatIsNotMain(t *testing.T) {
	b := newBuilder(t, Options{Dir: helloModule(t), Package: "./lib"})
	_, err := b.Build(t.Context())
	if want := "cannot build ./lib: go build: ./lib is not a main package"; err == nil || err.Error() != want {
		t.Errorf("error %v\nwant  %s", err, want)
	}
	checkStore(t, b)
}

func TestGoBuildWithoutGo(t *testing.T) {
	dir := helloModule(t)
	env := goEnv("PATH=" + filepath.Join(dir, "nowhere") + string(filepath.ListSeparator) + ".")
	b := newBuilder(t, Options{Dir: dir, Package: "./cmd/web", Env: env})
	_, err := b.Build(t.Context())
	if !errors.Is(err, ErrNoGo) || !strings.Contains(err.Error(), "not on PATH; install it") {
		t.Errorf("error %v", err)
	}
	if _, err := Inputs(t.Context(), dir, ".", env); !errors.Is(err, ErrNoGo) {
		t.Errorf("inputs: error %v", err)
	}
}

func TestMissingDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	b := newBuilder(t, Options{Dir: dir, Package: "./cmd/web"})
	_, err := b.Build(t.Context())
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "cannot run in "+dir) {
		t.Errorf("error %v", err)
	}
}
