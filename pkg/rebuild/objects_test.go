package rebuild

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What was used last stays.
func TestObjects(t *testing.T) {
	dir := t.TempDir()
	o := objects(filepath.Join(dir, "objects"))
	if got := o.find("none"); got != "" {
		t.Errorf("found %s", got)
	}
	for i, key := range []string{"a", "b", "c"} {
		file := filepath.Join(dir, key)
		if err := os.WriteFile(file, []byte(key), 0o600); err != nil {
			t.Fatal(err)
		}
		o.add(key, file)
		then := time.Now().Add(time.Duration(i-10) * time.Minute)
		if err := os.Chtimes(o.path(key), then, then); err != nil {
			t.Fatal(err)
		}
	}
	if content, err := os.ReadFile(o.find("a")); string(content) != "a" {
		t.Errorf("a holds %q (%v)", content, err)
	}
	o.prune(2)
	for key, want := range map[string]bool{"a": true, "b": false, "c": true} {
		if got := o.find(key) != ""; got != want {
			t.Errorf("%s is there: %v", key, got)
		}
	}
}
