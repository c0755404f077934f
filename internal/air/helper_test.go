package air

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// options never depend on the machine of the test: the project has a directory of
// that name, and the only program on PATH is go.
func options(t *testing.T, sources string) Options {
	t.Helper()
	return Options{Dir: project(t, strings.Fields(sources)), Home: "/home/me", System: "linux", LookPath: look}
}

func translate(t *testing.T, data []byte, sources string) (Result, error) {
	t.Helper()
	f, err := Parse(".air.toml", data)
	if err != nil {
		return Result{}, err
	}
	return f.Translate(options(t, sources))
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func look(name string) (string, error) {
	if name == "go" {
		return "/usr/local/go/bin/go", nil
	}
	return "", os.ErrNotExist
}

// project is a directory of that name with empty files in it.
func project(t *testing.T, files []string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "project")
	for _, f := range append(files, "go.mod") {
		file := filepath.Join(dir, f)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
