package rebuild

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// linkingBuilder is a builder with linkers of its own, wherever the kernel gives huge
// pages, and before its first build.
func linkingBuilder(t *testing.T, dir, linkers string) *Builder {
	t.Helper()
	b := newBuilder(t, Options{Dir: dir, Package: ".", Fast: true, Linkers: linkers})
	b.fast.linkers.wanted = true
	return b
}

func (b *Builder) linker() string { return b.fast.memory.newestPlans()[0].Linker }

// A prepared builder links with a linker that it built, and makes what go build makes.
// The next builder finds it.
func TestOwnLinker(t *testing.T) {
	linkers := t.TempDir()
	var made []os.FileInfo
	for range 2 {
		dir := fastTree(t)
		b := linkingBuilder(t, dir, linkers)
		mustBuild(t, b)
		if err := b.Prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
		edit(t, dir, "main.go", "println(", `println("changed", `)
		if _, fast := checkSame(t, b); !fast {
			t.Error("the build was not fast")
		}
		info, err := os.Stat(b.linker())
		if err != nil {
			t.Fatal(err)
		}
		if program, err := os.ReadFile(b.linker()); err != nil || !bytes.Contains(program, []byte("/cmd/link/hugelink_linux.go")) {
			t.Errorf("the linker is one without huge pages: %v", err)
		}
		made = append(made, info)
	}
	if !os.SameFile(made[0], made[1]) {
		t.Error("the second builder built a linker of its own")
	}
	if names, err := os.ReadDir(linkers); err != nil || len(names) != 1 {
		t.Errorf("beside the linker there is something else: %v, %v", names, err)
	}
}

// A plan of an earlier program gets its linker when it is used again.
func TestLinkerForAKnownPlan(t *testing.T) {
	dir := fastTree(t)
	b, _ := fastBuilder(t, Options{Dir: dir})
	b.fast.linkers = linkers{dir: t.TempDir(), wanted: true}
	edit(t, dir, "main.go", "println(", `println("changed", `)
	mustBuild(t, b)
	if err := b.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	if b.linker() == "" {
		t.Error("the plan has no linker")
	}
	if n := len(b.fast.memory.newestPlans()); n != 1 {
		t.Errorf("there are %d plans", n)
	}
}

// A linker that makes something else, fails, or cannot be built is not used, and not
// tried again; builds are as fast as without.
func TestUselessLinker(t *testing.T) {
	for name, script := range map[string]string{
		"another program": "#!/bin/sh\nwhile [ \"$1\" != -o ]; do shift; done\necho other >\"$2\"\n",
		"it fails":        "#!/bin/sh\nexit 1\n",
		"it talks":        "#!/bin/sh\necho something\n",
		"no sources":      "",
	} {
		t.Run(name, func(t *testing.T) {
			dir := fastTree(t)
			b, _ := fastBuilder(t, Options{Dir: dir})
			b.fast.linkers = linkers{dir: t.TempDir(), wanted: true}
			p := b.fast.memory.newestPlans()[0]
			useless, err := b.fast.linkers.name(p)
			if err != nil {
				t.Fatal(err)
			}
			if script != "" {
				if err := os.WriteFile(useless, []byte(script), 0o755); err != nil {
					t.Fatal(err)
				}
			} else {
				p.Env = append(p.Env, "GOROOT="+t.TempDir())
			}
			for range 2 {
				if err := b.Prepare(t.Context()); err != nil {
					t.Fatal(err)
				}
				if b.linker() != "" {
					t.Fatal("the linker is used")
				}
			}
			if left, err := filepath.Glob(filepath.Join(b.fast.linkers.dir, "*")); err != nil || len(left) > 0 {
				t.Errorf("left: %v, %v", left, err)
			}
			edit(t, dir, "main.go", "println(", `println("changed", `)
			if _, fast := checkSame(t, b); !fast {
				t.Error("the build was not fast")
			}
		})
	}
}

// A linker that has gone is a plan that fails: the go command builds, and all is as
// before at the next.
func TestVanishedLinker(t *testing.T) {
	dir := fastTree(t)
	b := linkingBuilder(t, dir, t.TempDir())
	mustBuild(t, b)
	if err := b.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(b.linker()); err != nil {
		t.Fatal(err)
	}
	for i, content := range []string{`println("first", `, `println("second", `} {
		edit(t, dir, "main.go", "println(", content)
		if _, fast := checkSame(t, b); fast != (i > 0) {
			t.Errorf("build %d: fast %v", i, fast)
		}
		if err := b.Prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(b.linker()); err != nil {
		t.Error(err)
	}
}
