//go:build unix

package doctor

import (
	"fmt"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// tryDirectory reports whether a socket could be made at a path.
func tryDirectory(a listener.Address) error {
	dir := filepath.Dir(a.Addr)
	if err := unix.Access(dir, unix.W_OK|unix.X_OK); err != nil {
		return fmt.Errorf("cannot listen on %v: cannot write to %s: %w", a, dir, err)
	}
	return nil
}
