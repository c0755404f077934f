package house

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Every module that is used has its line in CONTRIBUTING.md, and no other has.
func TestDependenciesAreListed(t *testing.T) {
	var lines []string
	for _, row := range rows(read(t, "CONTRIBUTING.md")) {
		if name := strings.Trim(row[0], "`"); len(row) == 4 && strings.Contains(name, ".") {
			lines = append(lines, name)
		}
	}
	used := modules(t)
	for _, m := range used {
		if !slices.Contains(lines, m) {
			t.Errorf("CONTRIBUTING.md does not list %s", m)
		}
	}
	for _, m := range lines {
		if !slices.Contains(used, m) {
			t.Errorf("CONTRIBUTING.md lists %s, which nothing imports", m)
		}
	}
}

// modules are those that a package, a test or the list of tools names directly.
func modules(t *testing.T) []string {
	t.Helper()
	packages := []string{"tool"}
	for _, i := range list(t, `{{range .Imports}}{{println .}}{{end}}{{range .TestImports}}{{println .}}{{end}}{{range .XTestImports}}{{println .}}{{end}}`, module+"...") {
		domain, _, _ := strings.Cut(i, "/")
		if strings.Contains(domain, ".") && !strings.HasPrefix(i, module) {
			packages = append(packages, i)
		}
	}
	return list(t, "{{.Module.Path}}", packages...)
}

// list returns what go list prints for any of the systems on which imports differ,
// each line once.
func list(t *testing.T, format string, packages ...string) []string {
	t.Helper()
	var lines []string
	for _, system := range []string{"linux", "windows"} {
		c := exec.CommandContext(t.Context(), "go", append([]string{"list", "-e", "-tags=real", "-f", format}, packages...)...)
		c.Env = append(os.Environ(), "GOOS="+system)
		out, err := c.Output()
		if err != nil {
			t.Fatalf("go list for %s: %v", system, err)
		}
		lines = append(lines, strings.Fields(string(out))...)
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}
