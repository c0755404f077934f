package succession

import (
	"errors"
	"os"
)

// write replaces the record as a whole: whoever reads it, at any time, finds the one
// before or this one. It does not wait for the disk: a record counts until the machine
// is started anew, and no longer. The file is returned as it was written.
func write(path string, text []byte) (os.FileInfo, error) {
	next := path + ".new"
	// What is there was left by a supervisor that was killed while it wrote.
	if err := os.Remove(next); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.Write(text)
	written, failed := f.Stat()
	if err = errors.Join(err, failed, f.Close()); err == nil {
		err = replace(next, path)
	}
	if err != nil {
		os.Remove(next)
	}
	return written, err
}
