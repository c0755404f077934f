//go:build unix

package rebuild

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// around has the compile of the main package run by a script, in which "$@" is the
// compiler, until straight is called. Keys stay the same then.
func around(t *testing.T, b *Builder, script string) (straight func()) {
	t.Helper()
	dir := t.TempDir()
	tool, on := filepath.Join(dir, "compile"), filepath.Join(dir, "on")
	text := "#!/bin/sh\n[ -e " + on + " ] || exec \"$@\"\ncase \"$*\" in *' -p main '*) ;; *) exec \"$@\";; esac\n" + script + "\n"
	if err := os.WriteFile(tool, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	writeTree(t, dir, map[string]string{"on": ""})
	for _, p := range b.fast.memory.plans {
		for i := range p.Packages {
			if args := p.Packages[i].Compile.Args; len(args) > 0 {
				p.Packages[i].Compile.Args = append([]string{tool}, args...)
			}
		}
	}
	return func() {
		if err := os.Remove(on); err != nil {
			t.Fatal(err)
		}
	}
}

// A file that changes while it is compiled: what is built is of the new content,
// and nothing that was made meanwhile counts as made of the old one.
func TestSourcesChangeDuringAFastBuild(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		fast   bool
	}{
		"once":     {`grep -q first main.go && sed -i.bak 's/"first"/"second"/' main.go && rm main.go.bak; exec "$@"`, true},
		"always":   {`echo "// more" >>main.go; exec "$@"`, false},
		"and back": {`cp -p main.go main.old; sed -i.bak 's/"first"/"second"/' main.go; "$@"; code=$?; cat main.old >main.go; rm main.old main.go.bak; exit $code`, false},
		"imports":  {`grep -q strings main.go || { sed -i.bak 's/^import (/import (\n_ "strings"/' main.go; rm main.go.bak; }; exec "$@"`, false},
		"broken":   {`grep -q first main.go && { sed -i.bak 's/"first"/"second"/' main.go; rm main.go.bak; exit 1; }; exec "$@"`, true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := fastTree(t)
			b, _ := fastBuilder(t, Options{Dir: dir})
			straight := around(t, b, c.script)
			edit(t, dir, "main.go", "println(", `println("first", `)
			mustBuild(t, b)
			if fast := b.fast.key != ""; fast != c.fast {
				t.Errorf("fast %v, want %v", fast, c.fast)
			}
			straight()
			for _, content := range []string{"first", "second"} {
				writeTree(t, dir, map[string]string{"main.go": strings.Replace(fastMain, "println(", fmt.Sprintf("println(%q, ", content), 1)})
				checkSame(t, b)
			}
		})
	}
}

// What a compiler left behind when it was ended counts for nothing.
func TestCancelledFastBuild(t *testing.T) {
	dir := fastTree(t)
	lines := newSink()
	b, first := fastBuilder(t, Options{Dir: dir, Sink: lines})
	compiling := fifo(t, dir, "compiling")
	straight := around(t, b, `"$@"; echo half >>"$3"; echo $$ >`+compiling.Name()+`; sleep 1000`)
	edit(t, dir, "deep/deep.go", `"deep"`, `"changed"`)

	superseded := errors.New("superseded")
	ctx, cancel := context.WithCancelCause(t.Context())
	r := &building{b: b, result: make(chan error, 1), cancel: cancel}
	go func() { _, err := b.Build(ctx); r.result <- err }()
	var pid int
	if _, err := fmt.Fscan(compiling, &pid); err != nil {
		t.Fatal(err)
	}
	r.cancel(superseded)
	err := r.wait(t)
	checkGone(t, pid)
	if e, ok := errors.AsType[*Error](err); !ok || e.Step != StepGo || e.Exit != -1 || e.Timeout || !errors.Is(err, superseded) {
		t.Errorf("error %#v", err)
	}
	if objects, err := os.ReadDir(string(b.fast.objects())); len(objects) > 0 {
		t.Errorf("it keeps %v (%v)", objects, err)
	}
	straight()
	if a, fast := checkSame(t, b); a.Hash == first.Hash || !fast {
		t.Errorf("then it made %s (fast %v)", a.Hash, fast)
	}
}

func TestBuildEndsPrepare(t *testing.T) {
	dir := fastTree(t)
	hang := fifo(t, dir, "hang")
	tool := filepath.Join(t.TempDir(), "bin")
	b := newBuilder(t, Options{Dir: dir, Package: ".", Fast: true})
	mustBuild(t, b)
	// From now on go list hangs.
	writeTree(t, tool, map[string]string{"go": "#!/bin/sh\n[ $1 = list ] || exec " + goPath(t) + " \"$@\"\necho $$ >" + hang.Name() + "\nexec sleep 1000\n"})
	if err := os.Chmod(filepath.Join(tool, "go"), 0o755); err != nil {
		t.Fatal(err)
	}
	b.o.Env = append(b.o.Env, "PATH="+tool+string(filepath.ListSeparator)+os.Getenv("PATH"))
	result := make(chan error, 1)
	go func() { result <- b.Prepare(t.Context()) }()
	var pid int
	if _, err := fmt.Fscan(hang, &pid); err != nil {
		t.Fatal(err)
	}
	mustBuild(t, b)
	checkGone(t, pid)
	if err := <-result; !errors.Is(err, errWanted) {
		t.Errorf("prepare: %v", err)
	}
}

func goPath(t *testing.T) string {
	t.Helper()
	cmd, err := goCommand(os.Environ())
	if err != nil {
		t.Fatal(err)
	}
	return cmd.Path
}

// A go command that chooses a version by files of its own is asked each time.
func TestFastBuildWithAShim(t *testing.T) {
	bin := t.TempDir()
	writeTree(t, bin, map[string]string{"go": "#!/bin/sh\nexec " + goPath(t) + " \"$@\"\n"})
	if err := os.Chmod(filepath.Join(bin, "go"), 0o755); err != nil {
		t.Fatal(err)
	}
	b := newBuilder(t, Options{Dir: fastTree(t), Package: ".", Fast: true, Env: goEnv("PATH=" + bin)})
	checkSame(t, b)
	if err := b.Prepare(t.Context()); err == nil || !strings.Contains(err.Error(), "is not in a Go installation") {
		t.Errorf("prepare: %v", err)
	}
}
