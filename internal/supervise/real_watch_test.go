package supervise

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
	"github.com/seed-27ba25bb/supervisor/pkg/watch"
)

// workspace is two modules with three programs: web and worker share lib, worker embeds files and has assembly,
// and lone stands alone.
var workspace = map[string]string{
	"go.work":                   "go 1.26\n\nuse (\n\t./app\n\t./shared\n)\n",
	"app/go.mod":                "module example.com/app\n\ngo 1.26\n",
	"app/README.md":             "# app\n",
	"app/cmd/web/main.go":       "package main\n\nimport _ \"example.com/app/lib\"\n\nfunc main() {}\n",
	"app/cmd/web/README.md":     "# web\n",
	"app/cmd/worker/main.go":    "package main\n\nimport (\n\t_ \"embed\"\n\n\t_ \"example.com/app/lib\"\n\t_ \"example.com/shared\"\n)\n\n//go:embed static\nvar static string\n\nfunc add(a, b int) int\n\nfunc main() {}\n",
	"app/cmd/worker/add.s":      "// int add\n",
	"app/cmd/worker/static/a.x": "a\n",
	"app/cmd/lone/main.go":      "package main\n\nfunc main() {}\n",
	"app/lib/lib.go":            "package lib\n",
	"app/lib/lib_test.go":       "package lib\n",
	"app/later/later.go":        "package later\n",
	"shared/go.mod":             "module example.com/shared\n\ngo 1.26\n",
	"shared/shared.go":          "package shared\n",
}

// sources is a tree of real modules. Names are slash-separated.
type sources struct {
	t    *testing.T
	root string
}

// newSources writes files that are older than what is about to happen.
func newSources(t *testing.T, files map[string]string) sources {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f := sources{t, root}
	old := time.Now().Add(-time.Hour)
	for name, content := range files {
		f.save(name, content)
		if err := os.Chtimes(f.path(name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func (f sources) path(name string) string { return filepath.Join(f.root, filepath.FromSlash(name)) }

func (f sources) save(name, content string) {
	f.t.Helper()
	if err := os.MkdirAll(filepath.Dir(f.path(name)), 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(f.path(name), []byte(content), 0o644); err != nil {
		f.t.Fatal(err)
	}
}

// replace saves by a rename from elsewhere: a file that is emptied before it is written
// may be two changes.
func (f sources) replace(name, content string) {
	f.t.Helper()
	elsewhere := filepath.Join(f.t.TempDir(), "file")
	if err := os.WriteFile(elsewhere, []byte(content), 0o644); err != nil {
		f.t.Fatal(err)
	}
	if err := os.Rename(elsewhere, f.path(name)); err != nil {
		f.t.Fatal(err)
	}
}

// service is a program of the workspace, without network.
func (f sources) service(name string) Service {
	env := append(os.Environ(), "GOFLAGS=", "GOPROXY=off", "GOWORK=", "GOTOOLCHAIN=local", "GOENV=off")
	dir := f.path("app")
	return Service{
		Name:  name,
		Build: rebuild.Options{Dir: dir, Package: "./cmd/" + name, Env: env, Name: name, Store: f.path("store")},
		Watch: &WatchPaths{Options: watch.Options{Dir: dir}, Graph: true},
	}
}

// follower of a program, with a graph of now.
func (f sources) follower(name string) *follower {
	f.t.Helper()
	w := &follower{service: f.service(name), inputs: new(System).inputs}
	if err := w.refresh(f.t.Context()); err != nil {
		f.t.Fatal(err)
	}
	return w
}

func TestOnlyWhatIsAffected(t *testing.T) {
	t.Parallel()
	f := newSources(t, workspace)
	programs := []string{"web", "worker", "lone"}
	followers := map[string]*follower{}
	for _, p := range programs {
		followers[p] = f.follower(p)
	}
	for name, want := range map[string]string{
		"app/cmd/web/main.go":       "web",
		"app/cmd/web/new.go":        "web",
		"app/cmd/web/main_test.go":  "",
		"app/cmd/web/README.md":     "",
		"app/README.md":             "",
		"app/cmd/worker/main.go":    "worker",
		"app/cmd/worker/add.s":      "worker",
		"app/cmd/worker/static/a.x": "worker",
		"app/cmd/worker/static/b.x": "worker",
		"app/cmd/worker/other.x":    "",
		"app/cmd/lone/main.go":      "lone",
		"app/lib/lib.go":            "web worker",
		"app/lib/lib_test.go":       "",
		"app/later/later.go":        "",
		"shared/shared.go":          "worker",
		"shared/README.md":          "",
		"app/go.mod":                "web worker lone",
		"app/go.sum":                "web worker lone",
		"go.work":                   "web worker lone",
	} {
		var got []string
		for _, p := range programs {
			matters, force := followers[p].judge(watch.Batch{Changes: []watch.Change{{Path: f.path(name), Op: watch.Modified}}})
			if matters {
				got = append(got, p)
			}
			if force {
				t.Errorf("%s is forced on %s", name, p)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s rebuilds %q, want %q", name, got, want)
		}
	}
}

// watching is a System that watches a service.
type watching struct {
	sources
	built   chan struct{}
	changed chan bool
	notices chan error
}

// watch returns when the watcher has begun: every save from then on has to be noticed.
func (f sources) watch(s Service) watching {
	w := watching{f, make(chan struct{}), make(chan bool, 100), make(chan error, 100)}
	ctx, cancel := context.WithCancel(f.t.Context())
	begun := make(chan struct{})
	heard := observed{ctx, sync.OnceFunc(func() { close(begun) })}
	done := make(chan error)
	go func() {
		done <- new(System).Watch(heard, s, w.built, func(force bool) { w.changed <- force }, func(err error) { w.notices <- err })
	}()
	f.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			f.t.Error(err)
		}
		for len(w.notices) > 0 {
			f.t.Errorf("notice: %v", <-w.notices)
		}
	})
	<-begun
	return w
}

// observed tells when somebody first wants to know of its end.
type observed struct {
	context.Context
	seen func()
}

func (o observed) Done() <-chan struct{} {
	o.seen()
	return o.Context.Done()
}

// rebuilds waits until a build is asked for.
func (w watching) rebuilds() {
	w.t.Helper()
	select {
	case <-w.changed:
	case <-time.After(time.Minute):
		w.t.Fatal("no build is asked for")
	}
}

// buildEnds tells the watcher that the sources may depend on other files now.
func (w watching) buildEnds() { w.built <- struct{}{} }

// A change of the sources while the watcher is only beginning is not lost: the build may have read them before.
func TestSaveBeforeTheWatch(t *testing.T) {
	t.Parallel()
	f := newSources(t, workspace)
	w := f.watch(f.service("web"))
	w.save("app/lib/lib.go", "package lib\n\nconst Saved = true\n")
	w.rebuilds()
}

// What a new import leads to counts from the build on that brought it, even if it is saved before the watcher knows.
func TestNewImport(t *testing.T) {
	t.Parallel()
	f := newSources(t, workspace)
	w := f.watch(f.service("lone"))
	w.save("app/cmd/lone/main.go", "package main\n\nimport _ \"example.com/app/later\"\n\nfunc main() {}\n")
	w.rebuilds()
	w.save("app/later/later.go", "package later\n\nconst Saved = true\n")
	w.buildEnds()
	w.rebuilds()
	w.save("app/later/later.go", "package later\n\nconst Saved = 2\n")
	w.rebuilds()
}

// An import may be written before the package that it names. In a workspace the go command knows where that would be,
// otherwise not.
func TestImportOfWhatIsNotThereYet(t *testing.T) {
	t.Parallel()
	for _, work := range []string{"", "off"} {
		t.Run("GOWORK="+work, func(t *testing.T) {
			t.Parallel()
			f := newSources(t, workspace)
			s := f.service("lone")
			s.Build.Env = append(s.Build.Env, "GOWORK="+work)
			w := f.watch(s)
			w.save("app/cmd/lone/main.go", "package main\n\nimport _ \"example.com/app/brand/fresh\"\n\nfunc main() {}\n")
			w.rebuilds()
			w.buildEnds()
			w.save("app/cmd/lone/more.go", "package main\n")
			w.rebuilds() // so the watcher is done with the build
			w.save("app/brand/fresh/fresh.go", "package fresh\n")
			w.rebuilds()
		})
	}
}

// The program's own files, its embedded ones and go.mod, each by a save of its own.
func TestEachInputIsWatched(t *testing.T) {
	t.Parallel()
	f := newSources(t, workspace)
	f.save(".git/HEAD", "ref: refs/heads/main\n")
	f.save(".gitignore", "*_gen.go\n") // generated, and compiled in all the same
	w := f.watch(f.service("worker"))
	for _, name := range []string{
		"app/cmd/worker/main.go", "app/lib/lib.go", "shared/shared.go", "app/cmd/worker/add.s", "app/cmd/worker/static/a.x", "app/cmd/worker/static/deep/b.x",
		"app/go.mod", "app/go.sum", "shared/go.mod", "go.work", "app/lib/lib_gen.go",
	} {
		w.save(name, workspace[name]+"// saved\n")
		w.rebuilds()
	}
}

// Two services of one workspace: each hears of its own files alone.
func TestServicesSideBySide(t *testing.T) {
	t.Parallel()
	f := newSources(t, workspace)
	web, lone := f.watch(f.service("web")), f.watch(f.service("lone"))
	f.replace("app/cmd/lone/main.go", workspace["app/cmd/lone/main.go"]+"\n")
	lone.rebuilds()
	for _, name := range []string{"app/lib/lib_test.go", "app/README.md", "app/lib/lib.go"} {
		f.replace(name, workspace[name]+"\n// saved\n")
	}
	web.rebuilds()
	f.replace("app/cmd/lone/main.go", "package main\n\nfunc main() { println() }\n")
	lone.rebuilds()
	if len(web.changed) > 0 || len(lone.changed) > 0 {
		t.Errorf("%d more builds of web, %d of lone", len(web.changed), len(lone.changed))
	}
}

// Source that does not parse hides what it imports: that still counts.
func TestGapsInTheGraph(t *testing.T) {
	t.Parallel()
	f := newSources(t, workspace)
	w := f.follower("web")
	f.save("app/cmd/web/main.go", "package main\n\nimport (\n")
	if err := w.refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	one := func(name string, op watch.Op) bool {
		matters, _ := w.judge(watch.Batch{Changes: []watch.Change{{Path: f.path(name), Op: op}}})
		return matters
	}
	if !one("app/lib/lib.go", watch.Modified) || !one("app/brand/new.go", watch.Created) {
		t.Error("what may mend the source does not count")
	}
	if one("app/later/later.go", watch.Removed) || one("app/brand/new.txt", watch.Created) {
		t.Error("what has nothing to do with the source counts")
	}
	if o := w.options(); o.NoGitignore || !slices.Contains(o.Paths, f.path("app")) {
		t.Errorf("the module is not searched for what is missing: %q", o.Paths)
	}
}

// A command is not asked what it reads: all that is watched counts, and a file that go build does not read asks for a
// new process even if the program stays the same.
func TestNamedFilesCount(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		service Service
		file    string
		force   bool
	}{
		"command":             {Service{Command: []string{"x"}, Watch: &WatchPaths{}}, "/x/page.html", false},
		"package and paths":   {Service{Build: rebuild.Options{Package: "."}, Watch: &WatchPaths{Options: watch.Options{Paths: []string{"."}}}}, "/x/page.html", true},
		"package and source":  {Service{Build: rebuild.Options{Package: "."}, Watch: &WatchPaths{Options: watch.Options{Paths: []string{"."}}}}, "/x/a.go", false},
		"shell build":         {Service{Build: rebuild.Options{Command: "make"}, Watch: &WatchPaths{}}, "/x/page.html", true},
		"shell build of Go":   {Service{Build: rebuild.Options{Command: "make"}, Watch: &WatchPaths{}}, "/x/a.go", false},
		"package and pattern": {Service{Build: rebuild.Options{Package: "."}, Watch: &WatchPaths{Graph: true, Options: watch.Options{Include: []string{"*.html"}}}}, "/x/page.html", true},
	} {
		f := follower{service: test.service}
		matters, force := f.judge(watch.Batch{Changes: []watch.Change{{Path: test.file, Op: watch.Modified}}})
		if !matters || force != test.force {
			t.Errorf("%s: matters: %v, forced: %v, want %v", name, matters, force, test.force)
		}
	}
}
