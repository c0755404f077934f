package rebuild

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// leaveNewest removes from a directory the files with a prefix that were changed or touched
// the longest time ago, down to so many. What it cannot remove it leaves.
func leaveNewest(dir, prefix string, keep int) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	entries = slices.DeleteFunc(entries, func(e os.DirEntry) bool { return !strings.HasPrefix(e.Name(), prefix) })
	touched := func(e os.DirEntry) time.Time {
		if info, err := e.Info(); err == nil {
			return info.ModTime()
		}
		return time.Time{}
	}
	slices.SortFunc(entries, func(a, b os.DirEntry) int {
		return cmp.Or(touched(b).Compare(touched(a)), cmp.Compare(a.Name(), b.Name()))
	})
	for _, entry := range entries[min(len(entries), keep):] {
		os.Remove(filepath.Join(dir, entry.Name()))
	}
}
