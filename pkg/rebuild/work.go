package rebuild

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// work is the directory of one build: exe becomes an artifact by a rename, the
// rest is removed.
type work struct{ dir, name string }

func (w work) exe() string     { return filepath.Join(w.dir, w.name) }
func (w work) scratch() string { return filepath.Join(w.dir, "tmp") }

// remove fails only if somebody else writes there; then sweep tries again.
func (w work) remove() { os.RemoveAll(w.dir) }

func (s store) workPrefix() string { return ".build-" + s.name + "-" }

func (s store) begin() (work, error) {
	// Somebody may have cleaned up since the last build.
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return work{}, err
	}
	dir, err := os.MkdirTemp(s.dir, s.workPrefix())
	if err != nil {
		return work{}, err
	}
	w := work{dir: dir, name: s.name}
	if err := os.Mkdir(w.scratch(), 0o700); err != nil {
		w.remove()
		return work{}, err
	}
	return w, nil
}

// isWork tells the work of "web" from that of "web-admin": what MkdirTemp adds
// is a number.
func (s store) isWork(name string) bool {
	random, ok := strings.CutPrefix(name, s.workPrefix())
	return ok && strings.Trim(random, "0123456789") == ""
}

// sweep removes the work of builds that were cut short by a crash. Another
// process may be building now: what was touched since is left alone.
func (s store) sweep(since time.Time) error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, entry := range entries {
		if !s.isWork(entry.Name()) {
			continue
		}
		info, err := entry.Info()
		if err == nil && info.ModTime().Before(since) {
			errs = append(errs, os.RemoveAll(filepath.Join(s.dir, entry.Name())))
		}
	}
	return errors.Join(errs...)
}
