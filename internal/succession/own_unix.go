//go:build unix

package succession

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// openOwn opens a file that nobody but this user can have written.
func openOwn(path string) (*os.File, error) {
	// Without O_NONBLOCK somebody's fifo would hold us up.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		if e, ok := errors.AsType[*os.PathError](err); ok && !errors.Is(err, os.ErrNotExist) {
			err = e.Err
		}
		return nil, err
	}
	if err := checkOwn(f); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func checkOwn(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	uid := int(info.Sys().(*syscall.Stat_t).Uid)
	switch {
	case !info.Mode().IsRegular():
		return errors.New("it is no file")
	case uid != os.Geteuid():
		return fmt.Errorf("it belongs to user %d", uid)
	case info.Mode().Perm()&0o022 != 0:
		return fmt.Errorf("others may write to it (mode %04o)", info.Mode().Perm())
	}
	return nil
}
