package doctor

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// probeCgroup looks for the cgroup of this process in the tree of version 2, where
// a supervisor would make one for each service.
func probeCgroup() probed {
	text, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return result(err)
	}
	for line := range strings.Lines(string(text)) {
		path, ok := strings.CutPrefix(strings.TrimSpace(line), "0::")
		if !ok {
			continue
		}
		for _, root := range []string{"/sys/fs/cgroup", "/sys/fs/cgroup/unified"} {
			if dir := filepath.Join(root, path); isCgroup2(dir) {
				return writable(dir)
			}
		}
	}
	return probed{false, "no cgroup2 is mounted"}
}

func isCgroup2(dir string) bool {
	var fs unix.Statfs_t
	return unix.Statfs(dir, &fs) == nil && fs.Type == unix.CGROUP2_SUPER_MAGIC
}

func writable(dir string) probed {
	for _, name := range []string{".", "cgroup.procs"} {
		if err := unix.Access(filepath.Join(dir, name), unix.W_OK); err != nil {
			return probed{false, fmt.Sprintf("%s: %v", dir, err)}
		}
	}
	return probed{true, dir}
}
