package succession

import (
	"os"

	"golang.org/x/sys/unix"
)

// replace puts next in the place of path. A rename onto a file has ext4 write out the
// new one at once (auto_da_alloc), which takes ten times as long, while a version that
// is to drain waits for its record; an exchange has not. Where a file system cannot
// exchange, and onto what is no file, it is a rename.
func replace(next, path string) error {
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() ||
		unix.Renameat2(unix.AT_FDCWD, next, unix.AT_FDCWD, path, unix.RENAME_EXCHANGE) != nil {
		return os.Rename(next, path)
	}
	return os.Remove(next)
}
