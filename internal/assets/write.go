package assets

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/evanw/esbuild/pkg/api"
)

// write writes the files whose content is new and returns their paths, sorted.
func write(files []api.OutputFile) (changed []string, err error) {
	for _, f := range files {
		old, err := os.ReadFile(f.Path)
		if err == nil && bytes.Equal(old, f.Contents) {
			continue
		}
		if err := replace(f.Path, f.Contents); err != nil {
			return changed, fmt.Errorf("cannot write %s: %w", f.Path, err)
		}
		changed = append(changed, f.Path)
	}
	slices.Sort(changed)
	return changed, nil
}

// replace gives a file a new content in one step. The name of the file in between
// begins with a dot: go:embed leaves such out of a directory.
func replace(path string, content []byte) error {
	dir, name := filepath.Split(path)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	next := filepath.Join(dir, "."+name+".new")
	if err := os.WriteFile(next, content, 0o666); err != nil {
		os.Remove(next)
		return err
	}
	if err := os.Rename(next, path); err != nil {
		os.Remove(next)
		return err
	}
	return nil
}
