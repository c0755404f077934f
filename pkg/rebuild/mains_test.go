package rebuild

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const mainSource = "package main\n\nfunc main() {}\n"

func mainEnv(t *testing.T) {
	t.Helper()
	for _, entry := range goEnv() {
		name, value, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "GO") {
			t.Setenv(name, value)
		}
	}
}

func TestMainPackages(t *testing.T) {
	mainEnv(t)
	module := map[string]string{
		"go.mod": "module example.com/m\n\ngo 1.26\n", "lib/lib.go": "package lib\n",
		"testdata/x/main.go": mainSource, "_x/main.go": mainSource, ".x/main.go": mainSource,
		"vendor/x/main.go": mainSource, "lib/testdata/main.go": mainSource,
		"lib/gen.go": "//go:build ignore\n\n" + mainSource, "nested/go.mod": "module example.com/nested\n", "nested/main.go": mainSource,
	}
	tests := []struct {
		name, from string
		files      []string
		want       []Main
	}{
		{"none", ".", nil, nil},
		{"root", ".", []string{"main.go"}, []Main{{"example.com/m", "."}}},
		{"one", ".", []string{"cmd/web/main.go"}, []Main{{"example.com/m/cmd/web", "./cmd/web"}}},
		{"several", ".", []string{"cmd/web/main.go", "main.go", "api/main.go"},
			[]Main{{"example.com/m", "."}, {"example.com/m/api", "./api"}, {"example.com/m/cmd/web", "./cmd/web"}}},
		{"from below", "lib", []string{"cmd/web/main.go", "main.go", "lib/..x/main.go", "lib/tool/main.go"},
			[]Main{{"example.com/m", ".."}, {"example.com/m/cmd/web", "../cmd/web"}, {"example.com/m/lib/tool", "./tool"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := newTree(t, module)
			for _, file := range test.files {
				writeTree(t, dir, map[string]string{file: mainSource})
			}
			got, err := MainPackages(t.Context(), filepath.Join(dir, test.from))
			if err != nil || !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v (%v)", got, test.want, err)
			}
		})
	}
}

func TestMainPackagesBesideNodeModules(t *testing.T) {
	mainEnv(t)
	dir := newTree(t, map[string]string{
		"go.mod": "module example.com/m\n\ngo 1.26\n", "main.go": mainSource, "cmd/a/main.go": mainSource,
		"web/main.go": mainSource, "web/deep/er/main.go": mainSource, "web/node_modules/x/main.go": mainSource,
		"web/testdata/main.go": mainSource, "web/vendor/x/main.go": mainSource, "web/_x/main.go": mainSource, "web/.x/main.go": mainSource,
		"web/nested/go.mod": "module example.com/nested\n", "web/nested/main.go": mainSource, "web/nested/node_modules/z.js": "",
		"web/empty/node_modules/y/main.go": mainSource,
	})
	got, err := MainPackages(t.Context(), dir)
	want := []Main{{"example.com/m", "."}, {"example.com/m/cmd/a", "./cmd/a"}, {"example.com/m/web", "./web"}, {"example.com/m/web/deep/er", "./web/deep/er"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, want %v (%v)", got, want, err)
	}
}

func TestMainPackagesOfAWorkspace(t *testing.T) {
	mainEnv(t)
	dir := newTree(t, map[string]string{
		"go.work":           "go 1.26\n\nuse (\n\t./a\n\t./b\n)\n",
		"a/go.mod":          "module example.com/a\n\ngo 1.26\n",
		"a/cmd/one/main.go": mainSource,
		"b/go.mod":          "module example.com/b\n\ngo 1.26\n",
		"b/main.go":         mainSource,
		"c/go.mod":          "module example.com/c\n\ngo 1.26\n",
		"c/main.go":         mainSource,
	})
	for from, want := range map[string][]Main{
		".": {{"example.com/a/cmd/one", "./a/cmd/one"}, {"example.com/b", "./b"}},
		"b": {{"example.com/a/cmd/one", "../a/cmd/one"}, {"example.com/b", "."}},
	} {
		slices.SortFunc(want, func(a, b Main) int { return strings.Compare(a.Dir, b.Dir) })
		got, err := MainPackages(t.Context(), filepath.Join(dir, from))
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("from %s: got %v, want %v (%v)", from, got, want, err)
		}
	}
}

// A main package that does not compile is one nevertheless.
func TestMainPackagesThatDoNotCompile(t *testing.T) {
	mainEnv(t)
	dir := newTree(t, map[string]string{
		"go.mod":         "module example.com/m\n\ngo 1.26\n",
		"bad/main.go":    "package main\n\nfunc main() {\n",
		"import/main.go": "package main\n\nimport _ \"example.com/nowhere\"\n\nfunc main() {}\n",
		"odd dir/x.go":   "package main\n\nimport \"x\n",
	})
	got, err := MainPackages(t.Context(), dir)
	if err != nil || len(got) < 2 || got[0].Dir != "./bad" || got[1].Dir != "./import" {
		t.Errorf("got %v (%v)", got, err)
	}
}

func TestMainPackagesErrors(t *testing.T) {
	mainEnv(t)
	dir := newTree(t, map[string]string{"main.go": mainSource})
	_, err := MainPackages(t.Context(), dir)
	if want := "cannot find a Go module: no go.mod in " + dir + " or above"; err == nil || err.Error() != want || !errors.Is(err, ErrNoModule) {
		t.Errorf("error %v\nwant  %s", err, want)
	}
	writeTree(t, dir, map[string]string{"go.mod": "modul\n"})
	if _, err := MainPackages(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "unknown directive: modul") {
		t.Errorf("error %v", err)
	}
	t.Setenv("PATH", dir)
	if _, err := MainPackages(t.Context(), dir); !errors.Is(err, ErrNoGo) {
		t.Errorf("error %v", err)
	}
}
