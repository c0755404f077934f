package rebuild

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// patience is how long a test waits for something that must happen.
const patience = time.Minute

// writeTree writes files by name below dir.
func writeTree(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// newTree is a directory with files, its name free of links, as the go command
// prints it.
func newTree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	writeTree(t, dir, files)
	return dir
}

// goEnv keeps the go command off the network and away from the user's settings.
func goEnv(more ...string) []string {
	env := append(os.Environ(), "GOFLAGS=", "GOPROXY=off", "GOWORK=", "GOTOOLCHAIN=local", "GOENV=off")
	return append(env, more...)
}

func newBuilder(t *testing.T, o Options) *Builder {
	t.Helper()
	if o.Env == nil {
		o.Env = goEnv()
	}
	if o.Store == "" {
		o.Store = filepath.Join(t.TempDir(), "store")
	}
	b, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func mustBuild(t *testing.T, b *Builder) Artifact {
	t.Helper()
	a, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// hashes are those of the artifacts in the store, in its order.
func hashes(t *testing.T, b *Builder) []string {
	t.Helper()
	all, err := b.Artifacts()
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, a := range all {
		found = append(found, a.Hash)
	}
	return found
}

// checkStore fails if there is anything in the store but the artifacts given.
func checkStore(t *testing.T, b *Builder, want ...Artifact) {
	t.Helper()
	entries, err := os.ReadDir(b.o.Store)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, a := range want {
		names[a.Hash] = true
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if want := slices.Sorted(maps.Keys(names)); !slices.Equal(got, want) {
		t.Errorf("the store holds\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// sink is a Sink that hands each Write to the test.
type sink chan string

func newSink() sink { return make(sink, 1000) }

func (s sink) Write(p []byte) (int, error) {
	s <- string(p)
	return len(p), nil
}

// next is the next line, without its newline.
func (s sink) next(t *testing.T) string {
	t.Helper()
	select {
	case line := <-s:
		return strings.TrimSuffix(line, "\n")
	case <-time.After(patience):
		t.Fatal("no output")
		return ""
	}
}

// all is what has come so far.
func (s sink) all() string {
	var b strings.Builder
	for range len(s) {
		b.WriteString(<-s)
	}
	return b.String()
}
