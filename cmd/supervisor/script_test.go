//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts need no supervisor that runs, and no service.
func TestScripts(t *testing.T) {
	caches := goCaches(t)
	supervisor, err := exec.LookPath("supervisor")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, caches...)
			e.Setenv("GOWORK", "off")
			e.Setenv("GOENV", "off")
			e.Setenv("GORACE", raceOptions)
			e.Setenv("BIN", filepath.Dir(supervisor))
			e.Setenv("CACHE_DIRECTORY", filepath.Join(e.WorkDir, ".cache"))
			e.Setenv("RUNTIME_DIRECTORY", filepath.Join(e.WorkDir, ".run"))
			return os.Mkdir(e.Getenv("RUNTIME_DIRECTORY"), 0o700)
		},
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"fails": fails},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// goCaches lets the go command of a script, which has no home, use what there is.
func goCaches(t *testing.T) []string {
	t.Helper()
	names := []string{"GOCACHE", "GOMODCACHE"}
	out, err := exec.Command("go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	values := strings.Split(strings.TrimSpace(string(out)), "\n")
	for i, n := range names {
		names[i] = n + "=" + values[i]
	}
	return names
}

// fails runs a program and checks its exit code: fails 2 supervisor run
func fails(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: fails CODE PROGRAM [ARGUMENT…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	switch {
	case err == nil:
		ts.Fatalf("exit code 0, want %d", want)
	case !errors.As(err, &exit):
		ts.Fatalf("%v", err)
	case exit.ExitCode() != want:
		ts.Fatalf("exit code %d, want %d", exit.ExitCode(), want)
	}
}
