package watch

import (
	"io/fs"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/windows"
)

// fileID returns 0: the number of a file is not among what a directory entry or a stat gives here.
func fileID(fs.FileInfo) uint64 { return 0 }

// deviceID returns 0: file systems are not told apart here.
func deviceID(fs.FileInfo) uint64 { return 0 }

const watchesCling = true

// fold makes names that are the same to Windows the same, for patterns and sets.
func fold(s string) string { return strings.ToLower(s) }

func samePath(a, b string) bool { return strings.EqualFold(a, b) }

// openFile opens a file or directory so that others can rename and remove it meanwhile, as an editor does when it saves. With
// package os they could not.
func openFile(path string) (*os.File, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	h, err := windows.CreateFile(name, windows.GENERIC_READ, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE,
		nil, windows.OPEN_EXISTING, windows.FILE_FLAG_BACKUP_SEMANTICS, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(h), path), nil
}

// readDir is os.ReadDir in that way.
func readDir(dir string) ([]fs.DirEntry, error) {
	f, err := openFile(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list, err := f.ReadDir(-1)
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, err
}
