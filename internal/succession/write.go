package succession

import (
	"errors"
	"os"
)

// write replaces the record as a whole: whoever reads it, at any time, finds the one
// before or this one.
func write(path string, text []byte) error {
	next := path + ".new"
	// What is there was left by a supervisor that was killed while it wrote.
	if err := os.Remove(next); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(next, path)
	}
	if err != nil {
		os.Remove(next)
	}
	return err
}
