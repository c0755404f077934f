package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Each mutant's line stands where it is looked for, once.
func TestMutantsFit(t *testing.T) {
	for _, m := range mutants {
		text, err := os.ReadFile(filepath.Join("..", "..", m.file))
		if err != nil {
			t.Error(err)
			continue
		}
		if n := strings.Count(string(text), m.old); n != 1 {
			t.Errorf("%s: its line stands %d times in %s", m.name, n, m.file)
		}
	}
}

// What the tests import is in the copy, too.
func TestCopyIsWhole(t *testing.T) {
	root, err := copyTree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(root)
	args := []string{"list", "-e", "-test", "-deps", "-f", "{{with .Error}}{{.}}{{end}}"}
	for _, m := range mutants {
		if !slices.Contains(args, m.pkg) {
			args = append(args, m.pkg)
		}
	}
	list := exec.CommandContext(t.Context(), "go", args...)
	list.Dir = root
	out, err := list.CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "" {
		t.Errorf("the tests cannot be built from the copy: %v\n%s", err, out)
	}
}
