package rebuild

import (
	"os"
	"path/filepath"
)

// objects is a directory of package archives, named by what they were made of.
// One that cannot be kept or is gone is compiled again.
type objects string

func (o objects) path(key string) string { return filepath.Join(string(o), key+".a") }

func (o objects) find(key string) string {
	if !touch(o.path(key)) {
		return ""
	}
	return o.path(key)
}

// add moves an archive into the directory.
func (o objects) add(key, file string) {
	if os.MkdirAll(string(o), 0o755) == nil {
		os.Rename(file, o.path(key))
	}
}

// prune removes the archives that have not been used for the longest time, down to
// so many.
func (o objects) prune(keep int) { leaveNewest(string(o), "", keep) }
