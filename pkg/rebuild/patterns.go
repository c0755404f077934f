package rebuild

import (
	"os"
	"path/filepath"
	"strings"
)

// patterns are what the go command takes for all packages below dir but those in
// node_modules. Its "..." would read these, too, and they are often most of a tree.
func patterns(dir string) []string {
	all, _ := outsideNodeModules(dir)
	return all
}

// outsideNodeModules reports with cut whether there is a node_modules below dir:
// then "..." is written for the directories beside it.
func outsideNodeModules(dir string) (all []string, cut bool) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return []string{filepath.Join(dir, "...")}, false // the go command says what is wrong
	}
	all = []string{dir}
	for _, e := range entries {
		switch {
		case !e.IsDir() || !hasPackages(e.Name()):
		case e.Name() == "node_modules":
			cut = true
		default:
			more, c := outsideNodeModules(filepath.Join(dir, e.Name()))
			all, cut = append(all, more...), cut || c
		}
	}
	if !cut {
		return []string{filepath.Join(dir, "...")}, false
	}
	return all, true
}

// hasPackages is false for the directories that "..." does not enter.
func hasPackages(name string) bool {
	return name != "testdata" && name != "vendor" && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "_")
}
