//go:build unix

package rebuild

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// script is a command that makes bin/web, which prints text.
func script(text string) string {
	return `mkdir -p bin && rm -f bin/web && printf '#!/bin/sh\necho ` + text + `\n' >bin/web && chmod 750 bin/web`
}

func TestCommand(t *testing.T) {
	dir := newTree(t, nil)
	b := newBuilder(t, Options{Dir: dir, Command: script("one"), Output: "bin/web"})
	a := mustBuild(t, b)
	if want := filepath.Join(b.o.Store, a.Hash, "web"); a.Path != want {
		t.Errorf("path %s, want %s", a.Path, want)
	}
	info, err := os.Stat(a.Path)
	if err != nil || info.Mode().Perm() != 0o750 {
		t.Errorf("mode %v, want 0750 (%v)", info.Mode(), err)
	}
	// A linker that writes in place must not reach the artifact.
	writeTree(t, dir, map[string]string{"bin/web": "#!/bin/sh\necho two\n"})
	if got := output(t, a); got != "one" {
		t.Errorf("it prints %q", got)
	}
	checkStore(t, b, a)
}

func TestCommandWithNothingToDo(t *testing.T) {
	b := newBuilder(t, Options{Dir: newTree(t, nil), Command: "[ -e bin/web ] || { " + script("one") + "; }", Output: "bin/web"})
	if first, again := mustBuild(t, b), mustBuild(t, b); first.Hash != again.Hash {
		t.Errorf("hashes %s, %s", first.Hash, again.Hash)
	}
}

// A command may make nothing that is kept.
func TestCommandWithoutOutput(t *testing.T) {
	dir := newTree(t, nil)
	b := newBuilder(t, Options{Dir: dir, Command: "test ! -e fail && echo done >made", Name: "web"})
	if a := mustBuild(t, b); a.Path != "" || a.Hash != "" || a.Built.IsZero() || a.Took <= 0 {
		t.Errorf("artifact %+v", a)
	}
	if _, err := os.Stat(filepath.Join(dir, "made")); err != nil {
		t.Error(err)
	}
	writeTree(t, dir, map[string]string{"fail": ""})
	const want = `cannot build web: command "test ! -e fail && echo done >made": exit status 1`
	if _, err := b.Build(t.Context()); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if all, err := b.Artifacts(); err != nil || len(all) > 0 {
		t.Errorf("artifacts %v, %v", all, err)
	}
}

func TestCommandErrors(t *testing.T) {
	tests := []struct{ name, command, want string }{
		{"fails", "echo cause >&2; exit 3", `cannot build bin/web: command "echo cause >&2; exit 3": exit status 3: cause`},
		{"silent", "exit 3", `cannot build bin/web: command "exit 3": exit status 3`},
		{"killed", "kill -9 $$", `cannot build bin/web: command "kill -9 $$": signal: killed`},
		{"missing", "true", `cannot build bin/web: command "true": it made no bin/web in DIR`},
		{"mode", "mkdir bin; echo >bin/web; chmod 640 bin/web", `cannot build bin/web: command "mkdir bin; echo >bin/web; chmod 640 bin/web": bin/web is not executable (mode -rw-r-----)`},
		{"directory", "mkdir -p bin/web", `cannot build bin/web: command "mkdir -p bin/web": bin/web is not a regular file`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := newTree(t, nil)
			b := newBuilder(t, Options{Dir: dir, Command: test.command, Output: "bin/web"})
			_, err := b.Build(t.Context())
			want := strings.ReplaceAll(test.want, "DIR", dir)
			if err == nil || err.Error() != want {
				t.Errorf("error\n%v\nwant\n%s", err, want)
			}
			checkStore(t, b)
		})
	}
}

func TestBeforeAndAfter(t *testing.T) {
	lines := newSink()
	b := newBuilder(t, Options{
		Dir: newTree(t, nil), Command: script("one") + "; echo build", Output: "bin/web", Sink: lines,
		Before: []string{"echo before1; pwd", "echo before2 >&2"},
		After:  []string{"echo after1", `echo 'echo "$0" stripped >&2' >>bin/web`},
	})
	a := mustBuild(t, b)
	want := "before1\n" + b.o.Dir + "\nbefore2\nbuild\nafter1\n"
	if got := lines.all(); got != want {
		t.Errorf("output\n%s\nwant\n%s", got, want)
	}
	// What After did to the output is in the artifact.
	if got := output(t, a); !strings.Contains(got, "stripped") {
		t.Errorf("it prints %q", got)
	}
}

func TestBeforeOrAfterFails(t *testing.T) {
	for _, step := range []string{StepBefore, StepAfter} {
		t.Run(step, func(t *testing.T) {
			o := Options{Dir: newTree(t, nil), Command: "touch built; " + script("one"), Output: "bin/web"}
			commands := []string{"true", "echo no; exit 7", "touch later"}
			if step == StepBefore {
				o.Before = commands
			} else {
				o.After = commands
			}
			b := newBuilder(t, o)
			_, err := b.Build(t.Context())
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Step != step || e.Command != "echo no; exit 7" || e.Exit != 7 || string(e.Output) != "no\n" {
				t.Errorf("error %#v", err)
			}
			if _, err := os.Stat(filepath.Join(o.Dir, "later")); err == nil {
				t.Error("the command after the failed one ran")
			}
			if _, err := os.Stat(filepath.Join(o.Dir, "built")); (err == nil) == (step == StepBefore) {
				t.Errorf("did the build run? %v", err)
			}
			checkStore(t, b)
		})
	}
}

func TestBuildWithDefaultEnvironment(t *testing.T) {
	t.Setenv("REBUILD_TEST", "inherited")
	o := Options{Dir: newTree(t, nil), Command: script("$REBUILD_TEST"), Output: "bin/web", Store: t.TempDir()}
	o.Before = []string{`[ "$REBUILD_TEST" = inherited ] && [ "$PWD" = "` + o.Dir + `" ] && [ -d "$GOTMPDIR" ]`}
	b, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	mustBuild(t, b)
}

// While the command runs, its lines come.
func TestOutputIsStreamed(t *testing.T) {
	dir := newTree(t, nil)
	lines := newSink()
	command := "echo first; while [ ! -e go ]; do sleep 0.01; done; printf last; " + script("one")
	b := newBuilder(t, Options{Dir: dir, Command: command, Output: "bin/web", Sink: lines, Timeout: patience})
	built := make(chan error, 1)
	go func() { _, err := b.Build(t.Context()); built <- err }()
	if line := lines.next(t); line != "first" {
		t.Errorf("line %q", line)
	}
	writeTree(t, dir, map[string]string{"go": ""})
	if err := <-built; err != nil {
		t.Fatal(err)
	}
	if got := lines.all(); got != "last\n" {
		t.Errorf("at the end came %q", got)
	}
}
