package rebuild

import (
	"os"
	"path/filepath"
	"testing"
)

// checkSaves checks that each save is built right, and fast or not as it says.
func checkSaves(t *testing.T, b *Builder, dir string, saves ...change) {
	t.Helper()
	for _, c := range saves {
		c.do(t, dir)
		if _, fast := checkSame(t, b); fast != c.fast {
			t.Errorf("%s: fast %v, want %v", c.name, fast, c.fast)
		}
		if err := b.Prepare(t.Context()); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func save(name string, do func(*testing.T, string), fast bool) change {
	return change{name: name, do: do, fast: fast}
}

func moduleTree(t *testing.T) string {
	return newTree(t, map[string]string{
		"app/go.mod":     "module example.com/app\n\ngo 1.26\n\nrequire example.com/local v0.0.0\n\nreplace example.com/local => ../local\n",
		"app/main.go":    "package main\n\nimport \"example.com/local\"\n\nfunc main() { println(local.Name()) }\n",
		"local/go.mod":   "module example.com/local\n\ngo 1.26\n",
		"local/local.go": "package local\n\nfunc Name() string { return \"local\" }\n",
		"other/go.mod":   "module example.com/local\n\ngo 1.26\n",
		"other/local.go": "package local\n\nfunc Name() string { return \"other\" }\n",
		"unused/go.mod":  "module example.com/unused\n\ngo 1.26\n",
		"unused/main.go": "package main\n\nfunc main() {}\n",
	})
}

func TestFastBuildWithReplace(t *testing.T) {
	dir := moduleTree(t)
	b, _ := fastBuilder(t, Options{Dir: filepath.Join(dir, "app")})
	checkSaves(t, b, dir,
		save("the replaced module", edits("local/local.go", `"local"`, `"changed"`), true),
		save("its go.mod", edits("local/go.mod", "go 1.26", "go 1.25"), false),
		save("another replacement", edits("app/go.mod", "../local", "../other"), false),
		save("what is not used any more", edits("local/local.go", `"changed"`, `"again"`), true),
		save("what is used now", edits("other/local.go", `"other"`, `"other again"`), true),
		save("a workspace above", writes("go.work", "go 1.26\n\nuse (\n\t./app\n\t./unused\n)\n"), false),
		save("without it", removes("go.work"), true),
	)
}

func TestFastBuildInAWorkspace(t *testing.T) {
	dir := moduleTree(t)
	writeTree(t, dir, map[string]string{
		"app/go.mod": "module example.com/app\n\ngo 1.26\n",
		"go.work":    "go 1.26\n\nuse (\n\t./app\n\t./local\n)\n",
	})
	b, _ := fastBuilder(t, Options{Dir: filepath.Join(dir, "app")})
	checkSaves(t, b, dir,
		save("another module", edits("local/local.go", `"local"`, `"changed"`), true),
		save("go.work", edits("go.work", "./local", "./other"), false),
		save("the other module", edits("other/local.go", `"other"`, `"changed"`), true),
		save("go.work again", edits("go.work", "./other", "./local"), true),
	)
}

func TestFastBuildWithVendor(t *testing.T) {
	dir := moduleTree(t)
	app := filepath.Join(dir, "app")
	if _, err := goOutput(t.Context(), app, goEnv(), "mod", "vendor"); err != nil {
		t.Fatal(err)
	}
	b, _ := fastBuilder(t, Options{Dir: app})
	checkSaves(t, b, dir,
		save("the module that was vendored", edits("local/local.go", `"local"`, `"changed"`), true),
		save("the copy of it", edits("app/vendor/example.com/local/local.go", `"local"`, `"changed"`), true),
		save("main", edits("app/main.go", "println(", `println("main", `), true),
	)
	if err := os.RemoveAll(filepath.Join(app, "vendor")); err != nil {
		t.Fatal(err)
	}
	checkSaves(t, b, dir, save("no vendor directory", func(*testing.T, string) {}, false))
}

// import "C" takes a file out of the build, or a C compiler into it.
func TestFastBuildAndC(t *testing.T) {
	dir := fastTree(t)
	b, _ := fastBuilder(t, Options{Dir: dir, Env: goEnv("CGO_ENABLED=0")})
	edit(t, dir, "mid/b.go", "package mid\n", "package mid\n\nimport \"C\"\n")
	if _, err := b.Build(t.Context()); err == nil {
		t.Error("a file is missing, and it builds")
	}
	needs := listedPackage{ImportPath: "example.com/c", Dir: dir, GoFiles: []string{"a.go"}, CgoFiles: []string{"b.go"}, Module: &listedModule{Main: true}}
	n := planner{dir: dir, env: b.o.Env, settings: settings{}}
	if _, err := n.places(Graph{}, []listedPackage{needs}); err == nil || err.Error() != "example.com/c needs a C compiler" {
		t.Errorf("error %v", err)
	}
}

func TestFastBuildBelowALink(t *testing.T) {
	dir := fastTree(t)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "b.go")
	if err := os.Rename(filepath.Join(dir, "mid", "b.go"), elsewhere); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, filepath.Join(dir, "mid", "b.go")); err != nil {
		t.Fatal(err)
	}
	b, _ := fastBuilder(t, Options{Dir: link, Name: "web"})
	checkSaves(t, b, dir,
		save("a file", edits("deep/deep.go", `"deep"`, `"changed"`), true),
		save("a file behind a link", edits("mid/b.go", `"slow"`, `"changed"`), true),
	)
}

// An archive that is gone from the go command's cache is made again, and the
// plan, too.
func TestFastBuildWithoutTheCache(t *testing.T) {
	dir := fastTree(t)
	b, _ := fastBuilder(t, Options{Dir: dir})
	for name, spoil := range map[string]func(p *plan){
		"of what never changes": func(p *plan) {
			p.LinkCfg += "packagefile gone=/nowhere/gone.a\n"
			p.Link.Args[len(p.Link.Args)-1] = "/nowhere"
		},
		"of a package": func(p *plan) { p.Packages[0].Archive = filepath.Join(dir, "nowhere") },
	} {
		t.Run(name, func(t *testing.T) {
			spoil(b.fast.memory.plans[0])
			checkSaves(t, b, dir,
				save("with a spoilt plan", edits("main.go", "func main", "// more\nfunc main"), false),
				save("with another", edits("main.go", "func main", "// more\nfunc main"), true),
			)
		})
	}
}

func TestFastBuildErrors(t *testing.T) {
	dir := fastTree(t)
	b, good := fastBuilder(t, Options{Dir: dir})
	edit(t, dir, "deep/deep.go", `"deep"`, `deep`)
	_, err := b.Build(t.Context())
	want := "cannot build .: go build: exit status 1: " + filepath.Join("deep", "deep.go") + ":4:29: undefined: deep"
	if err == nil || err.Error() != want {
		t.Errorf("error %v\nwant  %s", err, want)
	}
	if len(b.fast.memory.plans) != 1 {
		t.Error("the plan is gone")
	}
	edit(t, dir, "deep/deep.go", "func Name() string { return deep }", "func")
	if _, err = b.Build(t.Context()); err == nil {
		t.Error("it builds")
	}
	edit(t, dir, "deep/deep.go", "func\n", "func Name() string { return \"mended\" }\n")
	if a, fast := checkSame(t, b); !fast || a.Hash == good.Hash {
		t.Errorf("mended: fast %v, hash %s", fast, a.Hash)
	}
}
