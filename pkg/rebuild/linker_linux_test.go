package rebuild

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// linking is a builder that is prepared, and keeps linkers in dir, whatever pages this
// kernel gives.
func linking(t *testing.T, tree, dir string) *Builder {
	t.Helper()
	b, _ := fastBuilder(t, Options{Dir: tree})
	b.fast.linkers = linkers{dir: dir, wanted: true}
	return b
}

func prepareLinker(t *testing.T, b *Builder) {
	t.Helper()
	if err := b.PrepareLinker(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (b *Builder) plan() *plan { return b.fast.memory.newestPlans()[0] }

// A builder with a linker of its own makes what go build makes. The next builder finds
// the linker.
func TestOwnLinker(t *testing.T) {
	dir := t.TempDir()
	var made []os.FileInfo
	for range 2 {
		tree := fastTree(t)
		b := linking(t, tree, dir)
		prepareLinker(t, b)
		edit(t, tree, "main.go", "println(", `println("changed", `)
		if _, fast := checkSame(t, b); !fast {
			t.Error("the build was not fast")
		}
		if b.fast.linkers.failed != "" {
			t.Error("the linker failed in the build")
		}
		info, err := os.Stat(b.plan().Linker)
		if err != nil {
			t.Fatal(err)
		}
		if program, err := os.ReadFile(b.plan().Linker); err != nil || !bytes.Contains(program, []byte("/cmd/link/hugelink_linux.go")) {
			t.Errorf("the linker is one without huge pages: %v", err)
		}
		if n := len(b.fast.memory.newestPlans()); n != 1 {
			t.Errorf("there are %d plans", n)
		}
		made = append(made, info)
	}
	if !os.SameFile(made[0], made[1]) {
		t.Error("the second builder built a linker of its own")
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) != 1 {
		t.Errorf("beside the linker there is something else: %v, %v", names, err)
	}
}

// A linker that makes something else, fails, or cannot be built is not used, and not
// tried again; builds are as fast as without. It may be somebody else's, and stays.
func TestUselessLinker(t *testing.T) {
	for name, script := range map[string]string{
		"another program": "while [ \"$1\" != -o ]; do shift; done\necho other >\"$2\"\n",
		"it fails":        "exit 1\n",
		"it talks":        "echo something\n",
	} {
		t.Run(name, func(t *testing.T) {
			tree := fastTree(t)
			b := linking(t, tree, t.TempDir())
			useless, err := b.fast.linkers.name(b.plan())
			if err != nil {
				t.Fatal(err)
			}
			calls := counted(t, useless, script)
			for range 2 {
				if err := b.PrepareLinker(t.Context()); err == nil || b.plan().Linker != "" {
					t.Fatalf("the linker is used: %v", err)
				}
			}
			edit(t, tree, "main.go", "println(", `println("changed", `)
			if _, fast := checkSame(t, b); !fast {
				t.Error("the build was not fast")
			}
			if n := calls(); n != 1 {
				t.Errorf("it ran %d times", n)
			}
		})
	}
}

// A toolchain without the sources of its linker is asked once.
func TestNoSourcesOfTheLinker(t *testing.T) {
	tree, root := fastTree(t), t.TempDir()
	b := linking(t, tree, t.TempDir())
	writeTree(t, root, map[string]string{"bin/none": ""})
	calls := counted(t, filepath.Join(root, "bin", "go"), "echo package cmd/link is not in std; exit 1\n")
	b.plan().Env = append(b.plan().Env, "GOROOT="+root)
	for range 2 {
		if err := b.PrepareLinker(t.Context()); err == nil || b.plan().Linker != "" {
			t.Fatalf("the linker is used: %v", err)
		}
	}
	if n := calls(); n != 1 {
		t.Errorf("the go command ran %d times", n)
	}
	if left, err := filepath.Glob(filepath.Join(b.fast.linkers.dir, "*")); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// counted writes a shell script, and returns what counts its calls.
func counted(t *testing.T, name, script string) (calls func() int) {
	t.Helper()
	log := filepath.Join(t.TempDir(), "calls")
	if err := os.WriteFile(name, []byte("#!/bin/sh\necho call >>"+log+"\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return func() int {
		text, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(text), "call\n")
	}
}

// A linker that fails in a build, or is gone, costs no more than the attempt. What is gone
// is built again, what failed is not tried again.
func TestLinkerFailsLater(t *testing.T) {
	for name, spoil := range map[string]func(linker string) error{
		"gone":  os.Remove,
		"fails": func(linker string) error { return os.WriteFile(linker, []byte("#!/bin/sh\nexit 1\n"), 0o755) },
	} {
		t.Run(name, func(t *testing.T) {
			tree := fastTree(t)
			b := linking(t, tree, t.TempDir())
			prepareLinker(t, b)
			linker := b.plan().Linker
			if err := spoil(linker); err != nil {
				t.Fatal(err)
			}
			edit(t, tree, "main.go", "println(", `println("changed", `)
			if _, fast := checkSame(t, b); !fast {
				t.Error("the build was not fast")
			}
			if failed := b.fast.linkers.failed; (failed == linker) != (name == "fails") {
				t.Errorf("the linker %s counts as failed: %q", linker, failed)
			}
			if name == "gone" {
				prepareLinker(t, b)
				if _, err := os.Stat(linker); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// A build that begins while the linker is built ends that, and nothing is left of it.
func TestBuildEndsThatOfALinker(t *testing.T) {
	tree, root := fastTree(t), t.TempDir()
	b := linking(t, tree, t.TempDir())
	writeTree(t, root, map[string]string{"bin/none": ""})
	began := fifo(t, root, "began")
	counted(t, filepath.Join(root, "bin", "go"), "echo >"+began.Name()+"; exec sleep 1000\n")
	env := b.plan().Env
	b.plan().Env = append(env[:len(env):len(env)], "GOROOT="+root)
	ended := make(chan error)
	go func() { ended <- b.PrepareLinker(t.Context()) }()
	if _, err := io.ReadFull(began, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	mustBuild(t, b)
	if err := <-ended; !errors.Is(err, errWanted) {
		t.Errorf("it ended by %v", err)
	}
	left, err := filepath.Glob(filepath.Join(b.o.Store, ".build-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	b.plan().Env = env
	prepareLinker(t, b) // it was not found to be of no use
}
