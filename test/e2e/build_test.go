//go:build unix

package e2e

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

const module = "github.com/seed-27ba25bb/supervisor"

// programs is where TestMain lets the binaries be built, each once and only if
// a test asks for it.
var programs struct {
	dir        string
	supervisor func() (string, error)
	service    func() (string, error)
}

func TestMain(m *testing.M) {
	if os.Getenv(numbersEnv) != "" {
		os.Exit(printNumbers())
	}
	if program := os.Getenv(filteredEnv); program != "" {
		becomeFiltered(program)
	}
	flag.Parse()
	os.Setenv("GORACE", "atexit_sleep_ms=0") // else every program of a -race build lingers for a second
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "e2e")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	programs.dir = dir
	programs.supervisor = sync.OnceValues(buildSupervisor)
	programs.service = sync.OnceValues(func() (string, error) { return goBuild("./service") })
	return m.Run()
}

// openSources looks at all that the programs are built from. The go command
// keeps the result of a test until what the test opened has changed; that the
// test runs a compiler it does not see, nor what is opened before m.Run.
func openSources() error {
	for _, root := range []string{"../../go.mod", "../../cmd", "../../internal", "../../pkg", "service"} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error { return err })
		if err != nil {
			return err
		}
	}
	return nil
}

// buildSupervisor uses the race detector wherever there is a C compiler, which
// it needs.
func buildSupervisor() (string, error) {
	path, err := goBuild(module+"/cmd/supervisor", "-race")
	if err == nil {
		return path, nil
	}
	path, plain := goBuild(module + "/cmd/supervisor")
	if plain == nil {
		fmt.Fprintf(os.Stderr, "the supervisor is tested without the race detector: %v\n", err)
	}
	return path, plain
}

func goBuild(pkg string, flags ...string) (string, error) {
	if err := openSources(); err != nil {
		return "", err
	}
	path := filepath.Join(programs.dir, filepath.Base(pkg))
	// Some tests copy the programs for every handoff, so they are small.
	args := append([]string{"build", "-ldflags=-s -w", "-o", path}, append(flags, pkg)...)
	out, err := exec.Command("go", args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("cannot build %s: %w\n%s", pkg, err, out)
	}
	return path, nil
}

// built gives the path of a binary, and skips the test under -short, where
// nothing is built.
func built(t *testing.T, build func() (string, error)) string {
	t.Helper()
	if testing.Short() {
		t.Skip("starts real processes: not under -short")
	}
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}
