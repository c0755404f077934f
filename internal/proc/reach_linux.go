//go:build linux && !startagain

package proc

import (
	"path/filepath"

	"golang.org/x/sys/unix"
)

// reach returns when the file systems have answered from which a program starts. While a
// child hangs before its exec the whole program hangs, at the latest when garbage is
// collected: so whatever may hang does so here, where nobody but the caller waits. What is
// wrong the child finds out.
func reach(spec Spec) {
	var st unix.Stat_t
	if spec.Dir != "" {
		unix.Stat(spec.Dir, &st)
	}
	path := spec.Path
	if !filepath.IsAbs(path) {
		path = filepath.Join(spec.Dir, path)
	}
	if unix.Stat(path, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFREG {
		return
	}
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	unix.Pread(fd, make([]byte, 1), 0)
	unix.Close(fd)
}
