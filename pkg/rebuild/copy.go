package rebuild

import (
	"errors"
	"io"
	"os"
	"syscall"
)

const othersWrite = 0o022

// copyFile copies an executable and its permissions, but that nobody else may write
// it: what was verified is what runs. It must be a copy:
// a hard link would change with the original, even while it runs. io.Copy has
// the kernel share the blocks where the file system can (copy_file_range).
func copyFile(to, from string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	info, err := src.Stat()
	if err != nil {
		return err
	}
	// A program that is open for writing cannot be started (ETXTBSY), and a
	// child between fork and exec holds all that was open when it was forked
	// (golang.org/issue/22315). So nothing may be forked while dst is open. To
	// wait for such children afterwards is not enough: on Linux fork returns
	// before exec closes the files.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Chmod(info.Mode().Perm()&^othersWrite), dst.Close())
}
