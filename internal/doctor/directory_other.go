//go:build !unix

package doctor

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// tryDirectory reports whether the directory of a path is there.
func tryDirectory(a listener.Address) error {
	if _, err := os.Stat(filepath.Dir(a.Addr)); err != nil {
		return fmt.Errorf("cannot listen on %v: %w", a, err)
	}
	return nil
}
