package rebuild

import (
	"path/filepath"
	"strings"
)

// IsGoInput reports by its name whether a file, if it is in the directory of a
// package or module, can change what go build makes. The extensions are those
// of go/build; tests are not built. Whether a build constraint leaves the file
// out, only [Inputs] knows.
func IsGoInput(path string) bool {
	name := filepath.Base(path)
	switch name {
	case "go.mod", "go.sum", "go.work", "go.work.sum", "default.pgo":
		return true
	}
	if strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") {
		return false
	}
	switch filepath.Ext(name) {
	case ".go":
		return !strings.HasSuffix(name, "_test.go")
	case ".c", ".cc", ".cpp", ".cxx", ".m",
		".h", ".hh", ".hpp", ".hxx",
		".f", ".F", ".for", ".f90",
		".s", ".S", ".sx",
		".swig", ".swigcxx", ".syso":
		return true
	}
	return false
}
