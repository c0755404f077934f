package assets

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// inputs returns the files that esbuild's account of a build names.
func inputs(metafile, dir string) ([]string, error) {
	var meta struct {
		Inputs map[string]struct{} `json:"inputs"`
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return nil, fmt.Errorf("cannot read esbuild's account of what it built: %w", err)
	}
	var files []string
	for name := range meta.Inputs {
		// Left out of the bundle by package.json, but a file all the same.
		name = strings.TrimPrefix(name, "(disabled):")
		if !strings.HasPrefix(name, "<") { // made by esbuild itself, or a data: URL
			files = append(files, absolute(dir, name))
		}
	}
	return union(files), nil
}

func (b *Builder) files(problems []Problem) []string {
	var files []string
	for _, p := range problems {
		if p.File != "" {
			files = append(files, absolute(b.options.Dir, p.File))
		}
	}
	return files
}

func absolute(dir, name string) string {
	name = filepath.FromSlash(name)
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

func union(lists ...[]string) []string {
	all := slices.Concat(lists...)
	slices.Sort(all)
	return slices.Compact(all)
}
