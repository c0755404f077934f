//go:build unix

package e2e

import (
	"io"
	"os"
	"syscall"
	"testing"
)

// installCopy puts a copy of a program at path, by a rename, as a package does.
func installCopy(t *testing.T, program, path string) {
	t.Helper()
	from, err := os.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	// The kernel copies: tens of megabytes through the memory of a -race build take seconds.
	replace(t, path, 0o755, func(to *os.File) error { _, err := io.Copy(to, from); return err })
}

// replaceFile puts a file at path, by a rename.
func replaceFile(t *testing.T, path string, text []byte, mode os.FileMode) {
	t.Helper()
	replace(t, path, mode, func(to *os.File) error { _, err := to.Write(text); return err })
}

// replace lets nobody fork while it writes: a child would have the file open for writing
// until its own exec, and until then it could not be executed.
func replace(t *testing.T, path string, mode os.FileMode, write func(*os.File) error) {
	t.Helper()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		t.Fatal(err)
	}
	err = write(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		t.Fatal(err)
	}
}
