//go:build !windows

package doctor

func addToPath(dir string) string { return `export PATH="$PATH:` + dir + `"` }
