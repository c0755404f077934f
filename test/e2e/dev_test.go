//go:build unix

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// Saving a file puts the new version in service, and nothing is lost.
func TestSaves(t *testing.T) {
	t.Parallel()
	built(t, programs.supervisor)
	dir, addr := copyService(t), freeAddress(t, "http")
	s := start(t, "dev", config{socket: "http", address: addr, source: dir})
	l := startLoad(t, load.Config{Load: load.HTTP, Address: addr, Workers: 2, Rate: 200})
	l.awaitAnswer(s.newest())
	for n := 2; n <= 4; n++ {
		save(t, dir, fmt.Sprintf("v%d", n))
		s.awaitReady(n)
		if !strings.HasPrefix(s.newest(), fmt.Sprintf("v%d/", n)) {
			t.Errorf("version %d was saved, %s got ready", n, s.newest())
		}
		l.awaitAnswer(s.newest())
	}
	r := l.end()
	wantNoLoss(t, r, s.ready)
	wantForward(t, r, s.ready)
	s.stop()
}

// copyService gives the directory of a copy that can be changed: a module of
// its own in a workspace with this one.
func copyService(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	work := t.TempDir()
	dir := filepath.Join(work, "service")
	if err := os.CopyFS(dir, os.DirFS("service")); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{
		filepath.Join(dir, "go.mod"):   "module example.com/service\n\ngo 1.26.0\n",
		filepath.Join(work, "go.work"): fmt.Sprintf("go 1.26.0\n\nuse (\n\t./service\n\t%q\n)\n", root),
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// save rewrites version.go as an editor does: a new file, and a rename.
func save(t *testing.T, dir, version string) {
	t.Helper()
	path := filepath.Join(dir, "version.go")
	text := fmt.Sprintf("package main\n\nconst version = %q\n", version)
	if err := os.WriteFile(path+"~", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+"~", path); err != nil {
		t.Fatal(err)
	}
}
