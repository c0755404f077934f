package rebuild

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestLeaveNewest(t *testing.T) {
	dir := t.TempDir()
	order := []string{"full", "c", "other", "a", "b", "d", "e"} // the oldest first
	writeTree(t, dir, map[string]string{"a": "", "b": "", "c": "", "d": "", "e": "", "other": "", "full/file": ""})
	for i, name := range order {
		at := time.Now().Add(time.Duration(i) * time.Minute)
		if err := os.Chtimes(filepath.Join(dir, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		prefix string
		keep   int
		want   []string
	}{
		{"o", 1, []string{"a", "b", "c", "d", "e", "full", "other"}},
		{"", 7, []string{"a", "b", "c", "d", "e", "full", "other"}},
		{"", 5, []string{"a", "b", "d", "e", "full", "other"}}, // full is the oldest, and stays
		{"", 4, []string{"a", "b", "d", "e", "full"}},
		{"a", 0, []string{"b", "d", "e", "full"}},
	} {
		leaveNewest(dir, c.prefix, c.keep)
		left, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, e := range left {
			names = append(names, e.Name())
		}
		if !slices.Equal(names, c.want) {
			t.Errorf("%d newest with %q: %v, want %v", c.keep, c.prefix, names, c.want)
		}
	}
}
