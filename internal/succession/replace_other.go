//go:build !linux

package succession

import "os"

// replace puts next in the place of path.
func replace(next, path string) error { return os.Rename(next, path) }
