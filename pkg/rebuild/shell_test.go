package rebuild

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

// shellRole makes the test binary a shell, which says what it was given.
const shellRole = "REBUILD_TEST_SHELL"

func init() {
	if os.Getenv(shellRole) == "" {
		return
	}
	fmt.Printf("%q\n", os.Args[1:])
	if strings.HasPrefix(os.Args[len(os.Args)-1], "fail") {
		os.Exit(5)
	}
	os.Exit(0)
}

// A shell that is named gets each command as one argument, quotes and all.
func TestNamedShell(t *testing.T) {
	lines := newSink()
	dir := newTree(t, nil)
	o := Options{
		Dir: dir, Name: "web", Shell: []string{os.Args[0], "-x", "-c"}, Sink: lines, Store: t.TempDir(),
		Env:    append(os.Environ(), shellRole+"=1"),
		Before: []string{`echo "a b" && it's`}, Command: "build %PATH%", After: []string{`fail "C:\x y\"`},
	}
	b, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Build(t.Context())
	if e, ok := errors.AsType[*Error](err); !ok || e.Step != StepAfter || e.Exit != 5 || e.Command != o.After[0] {
		t.Errorf("error %#v", err)
	}
	var want strings.Builder
	for _, command := range []string{o.Before[0], o.Command, o.After[0]} {
		fmt.Fprintf(&want, "%q\n", []string{"-x", "-c", command})
	}
	if got := lines.all(); got != want.String() {
		t.Errorf("got\n%s\nwant\n%s", got, want.String())
	}
	o.Shell = []string{"no-such-shell"}
	if b, err = New(o); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Build(t.Context()); err == nil || !strings.Contains(err.Error(), "no-such-shell") {
		t.Errorf("a shell that is not there: %v", err)
	}
}

func TestNamedShellOfOneCommand(t *testing.T) {
	lines := newSink()
	err := Shell(t.Context(), "a b", ShellOptions{Dir: t.TempDir(), Shell: []string{os.Args[0], "-c"}, Sink: lines, Env: append(os.Environ(), shellRole+"=1")})
	if got := lines.all(); err != nil || got != fmt.Sprintf("%q\n", []string{"-c", "a b"}) {
		t.Errorf("got %q, %v", got, err)
	}
}
