package rebuild

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Main is a main package.
type Main struct {
	Package string // import path
	Dir     string // as go build takes it, relative to where it was asked for: ./cmd/web
}

// MainPackages finds the main packages of the module or workspace that dir is
// in, sorted by Dir. Those in testdata, vendor, and directories that begin with
// a dot or underscore are left out, as the go command's "..." does, and those in
// node_modules.
//
// The error is [ErrNoModule] outside of a module, and [ErrNoGo] if there is no
// go command.
func MainPackages(ctx context.Context, dir string) ([]Main, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if _, err := findModule(ctx, dir, nil); err != nil {
		return nil, err
	}
	mains, err := mainPackages(ctx, dir)
	if err != nil {
		return nil, fmt.Errorf("cannot list main packages: %w", err)
	}
	return mains, nil
}

func mainPackages(ctx context.Context, dir string) ([]Main, error) {
	roots, err := goLines(ctx, dir, nil, "list", "-m", "-f", "{{.Dir}}")
	if err != nil {
		return nil, err
	}
	// -find leaves imports alone: this is quick, and needs no network.
	args := []string{"list", "-e", "-find", "-f", "{{if eq .Name `main`}}{{.ImportPath}}\t{{.Dir}}{{end}}", "--"}
	for _, root := range roots {
		args = append(args, patterns(root)...)
	}
	found, err := goLines(ctx, dir, nil, args...)
	if err != nil {
		return nil, err
	}
	var mains []Main
	for _, line := range found {
		path, at, _ := strings.Cut(line, "\t")
		mains = append(mains, Main{Package: path, Dir: relative(dir, at)})
	}
	slices.SortFunc(mains, func(a, b Main) int { return cmp.Compare(a.Dir, b.Dir) })
	return mains, nil
}

// relative is target as a go command in dir takes it.
func relative(dir, target string) string {
	rel, err := filepath.Rel(dir, target)
	switch {
	case err != nil: // another drive
		return target
	case rel == "." || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)):
		return filepath.ToSlash(rel)
	}
	return "./" + filepath.ToSlash(rel)
}
