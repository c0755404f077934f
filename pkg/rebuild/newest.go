package rebuild

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// leaveNewest removes from a directory what was changed or touched the longest time ago,
// down to so many. What it cannot remove it leaves.
func leaveNewest(dir string, keep int) {
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) <= keep {
		return
	}
	touched := func(e os.DirEntry) time.Time {
		if info, err := e.Info(); err == nil {
			return info.ModTime()
		}
		return time.Time{}
	}
	slices.SortFunc(entries, func(a, b os.DirEntry) int {
		return cmp.Or(touched(b).Compare(touched(a)), cmp.Compare(a.Name(), b.Name()))
	})
	for _, entry := range entries[keep:] {
		os.RemoveAll(filepath.Join(dir, entry.Name()))
	}
}
