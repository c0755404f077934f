package rebuild

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

// mostAside is how many executables of one name may run beside the one that has it.
const mostAside = 64

// free lets a command of a build in dir write over an executable that runs. Windows permits
// only that it is renamed: so it gets another name, which no watcher minds, and a copy that
// nobody runs gets its own. What got such a name before is removed, unless it runs still. If
// this cannot be done the command says best what it cannot write. What lies outside dir, as an
// interpreter does, is not touched.
func free(dir, path string) {
	path = inDir(dir, path)
	if within, err := filepath.Rel(dir, path); err != nil || !filepath.IsLocal(within) {
		return
	}
	if !strings.EqualFold(filepath.Ext(path), exeSuffix) {
		path += exeSuffix
	}
	for n := range mostAside {
		os.Remove(aside(path, n))
	}
	if !running(path) {
		return
	}
	next := path + ".new~"
	os.Remove(next)
	if copyAsOld(next, path) != nil {
		os.Remove(next)
		return
	}
	for n := range mostAside {
		to := aside(path, n) // over one that runs it fails
		if os.Rename(path, to) != nil {
			continue
		}
		if os.Rename(next, path) == nil {
			return
		}
		os.Rename(to, path)
		break
	}
	os.Remove(next)
}

func aside(path string, n int) string { return fmt.Sprintf("%s.%d~", path, n) }

// running reports whether a file cannot be written because it is executed.
func running(path string) bool {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err == nil {
		f.Close()
	}
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION)
}

// copyAsOld copies a file that must not look newer than what it was made of.
func copyAsOld(to, from string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	return errors.Join(copyFile(to, from), os.Chtimes(to, info.ModTime(), info.ModTime()))
}
