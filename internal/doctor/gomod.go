package doctor

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// modules finds the go.mod, or the go.work, of each service that is built as a Go
// package; without a config, the one around Dir.
func modules(o Options) (all []Module) {
	dirs := []string{o.Dir}
	if o.Config != nil {
		dirs = nil
	}
	for _, s := range o.services() {
		if s.Package == "" || s.Build.Command != "" {
			continue
		}
		dir := s.Dir
		if strings.HasPrefix(s.Package, ".") {
			dir = filepath.Join(dir, s.Package)
		}
		dirs = append(dirs, dir)
	}
	for _, dir := range dirs {
		file := moduleFile(dir, environ(o.Environ)["GOWORK"])
		known := slices.ContainsFunc(all, func(m Module) bool { return m.File == file })
		if file == "" || known {
			continue
		}
		if data, err := os.ReadFile(file); err == nil {
			all = append(all, parseModule(file, string(data)))
		}
	}
	return all
}

// moduleFile is the file that decides the toolchain: a go.work before the go.mod.
func moduleFile(dir, work string) string {
	switch work {
	case "":
		if file := upwards(dir, "go.work"); file != "" {
			return file
		}
	case "off":
	default:
		return work
	}
	return upwards(dir, "go.mod")
}

func upwards(dir, name string) string {
	for {
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file
		}
		above := filepath.Dir(dir)
		if above == dir {
			return ""
		}
		dir = above
	}
}

// parseModule reads the go and toolchain lines of a go.mod or go.work, see
// https://go.dev/ref/mod#go-mod-file-go. Neither can stand in a block.
func parseModule(file, text string) Module {
	m := Module{File: file}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "//")
		f := strings.Fields(line)
		switch {
		case len(f) != 2:
		case f[0] == "go" && m.Go == "":
			m.Go = "go" + f[1]
		case f[0] == "toolchain" && f[1] != "default":
			m.Toolchain = f[1]
		}
	}
	return m
}
