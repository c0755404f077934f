package rebuild

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// An executable that runs can be written over, as often as it is started, and what was put
// aside goes when it has ended.
func TestFreeOnWindows(t *testing.T) {
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "web.exe")
	made := time.Now().Add(-time.Hour)
	var all []*exec.Cmd
	for range 2 {
		free(dir, path)
		if err := os.WriteFile(path, program, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, made, made); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(path)
		cmd.Env = append(os.Environ(), rebuildRole+"=child")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		all = append(all, cmd)
		t.Cleanup(func() {
			cmd.Process.Kill()
			cmd.Wait()
		})
	}
	free(t.TempDir(), path) // of another project
	if !running(path) {
		t.Error("a build touches what is not its own")
	}
	free(dir, "web") // as a command may be called
	if info, err := os.Stat(path); err != nil || info.ModTime().Sub(made).Abs() > time.Second {
		t.Errorf("its copy: %v, %v", info, err)
	}
	if running(path) {
		t.Error("it cannot be written still")
	}
	for _, cmd := range all {
		cmd.Process.Kill()
		cmd.Wait()
	}
	free(dir, path)
	if left, err := filepath.Glob(path + "*~"); err != nil || len(left) > 0 {
		t.Errorf("left: %q, %v", left, err)
	}
}
