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
	order := []string{"c", ".new-killed", "a", "b", "d", "e"} // the oldest first
	writeTree(t, dir, map[string]string{"a": "", "b": "", "c": "", "d": "", "e": "", ".new-killed/go.mod": ""})
	for i, name := range order {
		at := time.Now().Add(time.Duration(i) * time.Minute)
		if err := os.Chtimes(filepath.Join(dir, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	for _, keep := range []int{7, 6, 4} {
		leaveNewest(dir, keep)
		left, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, e := range left {
			names = append(names, e.Name())
		}
		want := slices.Sorted(slices.Values(order[max(0, len(order)-keep):]))
		if !slices.Equal(names, want) {
			t.Errorf("%d newest: %v, want %v", keep, names, want)
		}
	}
}
