package succession

import (
	"os"
	"path/filepath"
	"testing"
)

// What is no file stays where it is, and only the new content is left of two.
func TestReplace(t *testing.T) {
	dir := t.TempDir()
	next, path := filepath.Join(dir, "next"), filepath.Join(dir, "path")
	for _, content := range []string{"one", "two", "three"} {
		if err := os.WriteFile(next, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := replace(next, path); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != content {
			t.Errorf("%q, %v, want %q", got, err, content)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 1 {
			t.Errorf("%q are left", left)
		}
	}
	if err := os.WriteFile(next, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "directory"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := replace(next, filepath.Join(dir, "directory")); err == nil {
		t.Error("a directory is replaced")
	}
	if info, err := os.Stat(filepath.Join(dir, "directory")); err != nil || !info.IsDir() {
		t.Errorf("the directory: %v, %v", info, err)
	}
}
