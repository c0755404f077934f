package watch

import (
	"errors"
	"io/fs"
	"syscall"
)

// absent reports whether an error of stat means that nothing is there.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ELOOP)
}
