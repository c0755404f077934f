package control

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func at(t *testing.T, dir string) {
	t.Helper()
	t.Setenv("LOCALAPPDATA", dir)
	t.Setenv("ProgramData", dir)
	t.Setenv("SUPERVISOR_CONTROL", "")
}

func run(t *testing.T, o PathOptions, pid int) string {
	t.Helper()
	path, err := Path(o)
	if err != nil {
		t.Fatal(err)
	}
	serve(t, listen(t, path), itIs(pid, o.Config))
	return path
}

func TestStatusOverThePipe(t *testing.T) {
	to, path := start(t, itIs(7, `C:\web.toml`))
	for range 3 {
		if st, err := to.Status(t.Context()); err != nil || st.PID != 7 {
			t.Errorf("got %+v, %v", st, err)
		}
	}
	if name, err := os.ReadFile(path); err != nil || strings.TrimSpace(string(name)) != pipeOf(path) {
		t.Errorf("the file says %q, %v", name, err)
	}
}

func TestSecondSupervisor(t *testing.T) {
	_, path := start(t, itIs(7))
	var in *InUseError
	if _, err := Listen(strings.ToUpper(path)); !errors.As(err, &in) || in.PID != 7 {
		t.Errorf("got %v", err)
	}
}

func TestEnded(t *testing.T) {
	path := filepath.Join(shortDir(t), "c.sock")
	end := serve(t, listen(t, path), itIs(7))
	end()
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its file is left: %v", err)
	}
	if _, err := NewClient(path).Status(t.Context()); !errors.Is(err, ErrNoSupervisor) {
		t.Errorf("got %v", err)
	}
}

// A supervisor that was killed leaves its file, which keeps nobody from anything.
func TestStale(t *testing.T) {
	dir := shortDir(t)
	at(t, dir)
	own, err := Path(PathOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(own, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(t.Context(), PathOptions{}); !errors.Is(err, ErrNoSupervisor) {
		t.Errorf("got %v", err)
	}
	want := run(t, PathOptions{Config: `C:\web.toml`}, 1)
	if got, err := Find(t.Context(), PathOptions{}); err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	run(t, PathOptions{Config: `C:\api.toml`}, 2)
	var several *AmbiguousError
	if _, err := Find(t.Context(), PathOptions{}); !errors.As(err, &several) || len(several.Found) != 2 {
		t.Errorf("got %v", err)
	}
	if got := run(t, PathOptions{}, 3); got != own {
		t.Errorf("the place of a dead one is not taken: %s, want %s", got, own)
	}
}

func TestAccess(t *testing.T) {
	got, err := access()
	if err != nil || !strings.HasPrefix(got, "O:S-1-5-") || !strings.Contains(got, "D:P(A;;GA;;;S-1-5-") || !strings.HasSuffix(got, ")(A;;GA;;;BA)") || strings.Count(got, "(") != 2 {
		t.Errorf("got %s, %v", got, err)
	}
}
