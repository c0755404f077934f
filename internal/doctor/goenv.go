package doctor

import (
	"os"
	"path/filepath"
	"strings"
)

// goSetting is a setting of the go command: that of the environment, of its user's
// file, of its own.
func goSetting(name string, env map[string]string, files ...string) string {
	if v := env[name]; v != "" {
		return v
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(data)) {
			if v, ok := strings.CutPrefix(strings.TrimSpace(line), name+"="); ok {
				return v
			}
		}
	}
	return "local"
}

// toolchains are those that need no download: in the module cache, as
// golang.org/toolchain@v0.0.1-go1.26.0.linux-amd64, and on PATH, as go1.26.0.
func toolchains(cache, path string) (all []string) {
	cached, _ := filepath.Glob(filepath.Join(cache, "golang.org", "toolchain@v0.0.1-go*"))
	for _, dir := range cached {
		_, name, _ := strings.Cut(filepath.Base(dir), "v0.0.1-")
		if at := strings.LastIndexByte(name, '.'); at > 0 {
			all = append(all, name[:at])
		}
	}
	for _, dir := range filepath.SplitList(path) {
		named, _ := filepath.Glob(filepath.Join(dir, "go1.*"))
		for _, file := range named {
			all = append(all, strings.TrimSuffix(filepath.Base(file), ".exe"))
		}
	}
	return all
}
