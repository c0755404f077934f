package watch

import (
	"os"
	"slices"
	"testing"

	"github.com/fsnotify/fsnotify"
)

func TestBeingWritten(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "a.go")
	check := func(when string, want bool) {
		t.Helper()
		if got := beingWritten(tr.path("a.go")); got != want {
			t.Errorf("%s: being written: %v, want %v", when, got, want)
		}
	}
	check("nobody has it", false)
	reader, err := os.Open(tr.path("a.go"))
	tr.must(err)
	defer reader.Close()
	check("open for reading", false)
	writer, err := os.OpenFile(tr.path("a.go"), os.O_WRONLY, 0)
	tr.must(err)
	check("open for writing", true)
	tr.must(writer.Close())
	check("closed", false)
	tr.remove("a.go")
	check("gone", false)
}

// Half of a file is no batch while somebody has it open, but a log that is always open is one.
func TestOpenForWriting(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "a.go")
	k, _ := tr.keeper(Options{})
	k.learn(eagerFiles, eagerBytes)
	f, err := os.Create(tr.path("a.go"))
	tr.must(err)
	half := func() {
		_, err = f.WriteString("half")
		tr.must(err)
		tr.sees(k, "a.go", fsnotify.Write)
	}
	half()
	if k.closesNow() {
		t.Errorf("half a file is a batch: %v", k.pending.Changes)
	}
	half()
	tr.must(f.Close())
	want := []Change{{tr.path("a.go"), Modified}}
	if !k.closesNow() || !slices.Equal(k.pending.Changes, want) {
		t.Errorf("got %v, want %v", k.pending.Changes, want)
	}

	k.pending = Batch{}
	f, err = os.OpenFile(tr.path("a.go"), os.O_WRONLY|os.O_APPEND, 0)
	tr.must(err)
	defer f.Close()
	half()
	for n := 0; !k.closesNow(); n++ {
		if n > 100 {
			t.Fatal("the batch never closes")
		}
	}
	if !slices.Equal(k.pending.Changes, want) {
		t.Errorf("got %v, want %v", k.pending.Changes, want)
	}
}
