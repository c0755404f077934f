//go:build unix && !linux

package terminal

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

const (
	getMode = unix.TIOCGETA
	setMode = unix.TIOCSETA
)

// ttyName looks for the device: kqueue of macOS does not take /dev/tty.
func ttyName(fd int) (string, error) {
	var want unix.Stat_t
	if err := unix.Fstat(fd, &want); err != nil {
		return "", fmt.Errorf("cannot tell which terminal the output is: %w", err)
	}
	for _, dir := range []string{"/dev/pts", "/dev"} {
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			var is unix.Stat_t
			name := filepath.Join(dir, e.Name())
			if name != "/dev/tty" && unix.Lstat(name, &is) == nil && is.Mode&unix.S_IFMT == unix.S_IFCHR && is.Rdev == want.Rdev {
				return name, nil
			}
		}
	}
	return "", fmt.Errorf("cannot find the terminal in /dev: %w", ErrUnsupported)
}
