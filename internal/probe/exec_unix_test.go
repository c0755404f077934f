//go:build unix

package probe

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func sh(script string) []string { return []string{"/bin/sh", "-c", script} }

func TestExec(t *testing.T) {
	dir := t.TempDir()
	script := `[ "$A" = "b c" ] && echo here >mark`
	if err := Exec(t.Context(), sh(script), dir, []string{"A=b c"}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "mark")); err != nil {
		t.Error(err)
	}
}

func TestExecFailure(t *testing.T) {
	err := Exec(t.Context(), sh(`i=0; while [ $i -lt 500 ]; do echo line $i >&2; i=$((i+1)); done; exit 3`), "", nil)
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || exit.ExitCode() != 3 {
		t.Fatalf("got %v", err)
	}
	if s := err.Error(); !strings.Contains(s, "exit status 3: ") ||
		!strings.HasSuffix(s, "line 499") || strings.Contains(s, "line 1\n") {
		t.Errorf("got %q", s)
	}
	if err := Exec(t.Context(), []string{"/no/such/program"}, "", nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing program: %v", err)
	}
	if err := Exec(t.Context(), nil, "", nil); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("no program: %v", err)
	}
}

// lifeline returns a path that a script opens for writing, and a function that
// waits until nobody has it open.
func lifeline(t *testing.T) (path string, started chan struct{}, gone func()) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "life")
	if err := exec.Command("mkfifo", path).Run(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0) // RDWR does not wait for the other end
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	reader, err := os.OpenFile(path, os.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reader.Close() })
	reader.SetReadDeadline(time.Now().Add(20 * time.Second))
	started = make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		defer close(ended)
		if _, err := io.ReadFull(reader, make([]byte, 3)); err != nil {
			ended <- err
			return
		}
		f.Close() // from here on the script's are the only writers
		close(started)
		if _, err := io.Copy(io.Discard, reader); err != nil {
			ended <- err
		}
	}()
	return path, started, func() {
		if err := <-ended; err != nil {
			t.Errorf("the group is still there: %v", err)
		}
	}
}

func TestExecHangs(t *testing.T) {
	life, started, gone := lifeline(t)
	bound, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	ctx, cancel := context.WithCancelCause(bound)
	go func() { <-started; cancel(errTest) }()
	err := Exec(ctx, sh(`exec 3>`+life+`; echo says why >&2; (echo up >&3; sleep 1000) & wait`), "", nil)
	if !errors.Is(err, errTest) || !strings.Contains(err.Error(), "says why") {
		t.Errorf("got %v", err)
	}
	gone()
}

// What a program leaves behind neither holds up the answer nor stays.
func TestExecLeavesNothing(t *testing.T) {
	life, _, gone := lifeline(t)
	err := Exec(t.Context(), sh(`exec 3>`+life+`; sleep 1000 & echo up >&3`), "", nil)
	if err != nil {
		t.Error(err)
	}
	gone()
}
