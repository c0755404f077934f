package rebuild

import (
	"os"
	"path/filepath"
	"testing"
)

// change is a save, and whether it can be built without the go command.
type change struct {
	name string
	do   func(t *testing.T, dir string)
	fast bool

	broken bool // it does not build
}

func edits(name, from, to string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { t.Helper(); edit(t, dir, name, from, to) }
}

func writes(name, content string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { t.Helper(); writeTree(t, dir, map[string]string{name: content}) }
}

func removes(name string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

// One save after the other, each on top of those before.
func TestFastBuildIsTheSame(t *testing.T) {
	dir := fastTree(t)
	b, _ := fastBuilder(t, Options{Dir: dir})
	for _, c := range []change{
		{"a body in main", edits("main.go", "println(", "println(\"changed\", "), true, false},
		{"a comment that moves lines", edits("main.go", "func main", "// main\n// is here.\nfunc main"), true, false},
		{"a body that importers cannot see", edits("mid/b.go", `"slow"`, `"slower"`), true, false},
		{"an inlined body far below", edits("deep/deep.go", `return "deep"`, `return "deeper"`), true, false},
		{"a generic body", edits("deep/deep.go", `return "pair"`, `return "pear"`), true, false},
		{"a new exported function far below", edits("deep/deep.go", "type Pair", "func More() string { return \"more\" }\n\ntype Pair"), true, false},
		{"a call of it", edits("mid/a.go", "deep.Name()", "deep.More()"), true, false},
		{"a new field of a generic type", edits("deep/deep.go", "struct{ A, B T }", "struct{ A, B, C T }"), false, true},
		{"and the use of it", edits("mid/a.go", "[int]{1, 2}", "[int]{1, 2, 3}"), true, false},
		{"the content of an embedded file", writes("web/static/page.js", "other"), true, false},
		{"a new embedded file", writes("web/static/new.js", "new"), false, false},
		{"a new file that is not embedded", writes("web/readme.md", "read"), true, false},
		{"a new file that a pattern matches", writes("web/other.txt", "other"), false, false},
		{"another pattern", edits("web/web.go", "static *.txt", "static"), false, false},
		{"an import that the package has not had", edits("mid/b.go", "package mid\n", "package mid\n\nimport \"strings\"\n\nvar up = strings.ToUpper(\"up\")\n"), false, false},
		{"an import that another file of the package has", edits("mid/b.go", "import \"strings\"", "import (\n\t\"example.com/fast/deep\"\n\t\"strings\"\n)\n\nvar _ = deep.Name"), true, false},
		{"a new file", writes("mid/c.go", "package mid\n\nfunc init() { println(\"c\") }\n"), false, false},
		{"a test", writes("mid/c_test.go", "package mid\n\nfunc TestX() {}\n"), true, false},
		{"a file less", removes("mid/c.go"), true, false}, // as before it came
		{"a build constraint", edits("tagged/never.go", "//go:build never", "//go:build !never"), false, false},
		{"a constraint in a comment", writes("mid/d.go", "/*\n//go:build never\n*/\n\npackage mid\n\nfunc init() { println(\"d\") }\n"), false, false},
		{"and out of it", writes("mid/d.go", "//go:build never\n\npackage mid\n\nfunc init() { println(\"d\") }\n"), false, false},
		{"a file less again", removes("mid/d.go"), true, false},
		{"a directive", edits("mid/b.go", "//go:noinline\n", "//go:nosplit\n//go:noinline\n"), false, false},
		{"go.mod", edits("go.mod", "go 1.26", "go 1.25"), false, false},
		{"a godebug line", edits("go.mod", "go 1.25", "go 1.25\n\ngodebug asynctimerchan=1"), false, false},
		{"a module in between", writes("in/go.mod", "module example.com/fast/in\n"), false, true},
		{"a module less", removes("in/go.mod"), true, false},
		{"a vendor directory", writes("vendor/modules.txt", ""), false, false},
		{"an assembly file", writes("mid/nop_amd64.s", "TEXT ·nop(SB), 4, $0-0\n\tRET\n"), false, false},
		{"a body beside assembly", edits("mid/b.go", `"slower"`, `"slowest"`), false, false},
		{"a body above assembly", edits("main.go", `"changed"`, `"again"`), true, false},
		{"an import less", func(t *testing.T, dir string) {
			edit(t, dir, "main.go", "\t\"example.com/fast/tagged\"\n", "")
			edit(t, dir, "main.go", "tagged.Name, ", "")
		}, false, false},
	} {
		c.do(t, dir)
		if c.broken {
			if _, err := b.Build(t.Context()); err == nil {
				t.Errorf("%s: it builds", c.name)
			}
			continue
		}
		if _, fast := checkSame(t, b); fast != c.fast {
			t.Errorf("%s: fast %v, want %v", c.name, fast, c.fast)
		}
		if err := b.Prepare(t.Context()); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
