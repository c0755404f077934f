//go:build unix

package watch

import (
	"io/fs"
	"os"
	"syscall"
)

func fileID(fi fs.FileInfo) uint64 {
	if st, ok := fi.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Ino)
	}
	return 0
}

// deviceID tells file systems apart.
func deviceID(fi fs.FileInfo) uint64 {
	if st, ok := fi.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Dev)
	}
	return 0
}

// On Unix a directory and a watch are not bound to each other, see system.clings, and names differ by the case of letters. What is
// open can be removed and renamed.
const watchesCling = false

func fold(s string) string { return s }

func samePath(a, b string) bool { return a == b }

func readDir(dir string) ([]fs.DirEntry, error) { return os.ReadDir(dir) }

// openFile does not wait for a writer if path has become a named pipe.
func openFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}
