package main

import (
	"io/fs"
	"os"
	"path/filepath"
)

// copyPart copies a file, or a directory with all that is in it.
func copyPart(root string, source fs.FS, part string) error {
	return fs.WalkDir(source, part, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(root, filepath.FromSlash(path))
		if d.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		text, err := fs.ReadFile(source, path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, text, info.Mode().Perm())
	})
}
