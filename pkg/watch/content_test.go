package watch

import (
	"os"
	"slices"
	"testing"
	"time"
)

// A step changes the tree; the changes it amounts to follow.
type step struct {
	name string
	do   func(w watched)
	want []string
}

func TestChangeIsContent(t *testing.T) {
	steps := []step{
		{"write", func(w watched) { w.overwrite("a.go", "new") }, []string{"modified a.go"}},
		{"same size", func(w watched) { w.overwrite("a.go", "A.GO") }, []string{"modified a.go"}},
		{"create", func(w watched) { w.overwrite("c.go", "c") }, []string{"created c.go"}},
		{"create empty", func(w watched) { w.overwrite("c.go", "") }, []string{"created c.go"}},
		{"remove", func(w watched) { w.remove("a.go") }, []string{"removed a.go"}},
		{"save by rename", func(w watched) {
			w.overwrite("a.go.tmp123", "new")
			w.rename("a.go.tmp123", "a.go")
		}, []string{"modified a.go"}},
		{"save by delete and create", func(w watched) {
			w.remove("a.go")
			w.overwrite("a.go", "new")
		}, []string{"modified a.go"}},
		{"save with a backup", func(w watched) {
			w.rename("a.go", "a.go~")
			w.overwrite("a.go", "new")
			w.remove("a.go~")
		}, []string{"modified a.go"}},
		{"rename", func(w watched) { w.rename("a.go", "z.go") }, []string{"removed a.go", "created z.go"}},
		{"chmod", func(w watched) { w.must(os.Chmod(w.path("a.go"), 0o600)) }, nil},
		{"touch", func(w watched) { now := time.Now(); w.must(os.Chtimes(w.path("a.go"), now, now)) }, nil},
		{"rewrite", func(w watched) { w.overwrite("a.go", "a.go") }, nil},
		{"rename of the same content", func(w watched) {
			w.overwrite("new", "a.go")
			w.rename("new", "a.go")
		}, nil},
		{"directory", func(w watched) { w.mkdir("new/empty") }, nil},
		{"file to directory", func(w watched) {
			w.remove("a.go")
			w.write("a.go/x.go", "x")
		}, []string{"removed a.go", "created a.go/x.go"}},
		{"directory to file", func(w watched) {
			w.remove("sub")
			w.overwrite("sub", "x")
		}, []string{"removed sub/b.go", "created sub"}},
	}
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		for _, s := range steps {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				o := Options{Poll: poll}
				if s.want == nil {
					o.Quiet = time.Second // long enough not to see what is half done
				}
				w := newTree(t, "a.go", "sub/b.go").watch(o)
				s.do(w)
				w.only(s.want...)
			})
		}
	})
}

// The same content again within one batch is nothing at all.
func TestRemovedAndBack(t *testing.T) {
	eachBackend(t, func(t *testing.T, poll time.Duration) {
		w := newTree(t, "a.go", "sub/b.go", "sub/deep/c.go").watch(Options{Poll: poll, Quiet: time.Second})
		w.remove("a.go")
		w.write("a.go", "a.go")
		w.remove("sub")
		w.write("sub/b.go", "sub/b.go")
		w.write("sub/deep/c.go", "sub/deep/c.go")
		w.only()
	})
}

func TestUnreadableIsJudgedByMetadata(t *testing.T) {
	was := file{size: 3, mtime: 1, id: 7, sum: 9, known: true}
	unreadable := file{size: 3, mtime: 1, id: 7}
	if unreadable.differs(was, touched) {
		t.Error("a file that became unreadable has changed")
	}
	later := file{size: 3, mtime: 2, id: 7}
	if !later.differs(was, noticed) {
		t.Error("an unreadable file with another time has not changed")
	}
	if !unreadable.differs(unreadable, written) {
		t.Error("an unreadable file that was written to has not changed")
	}
}

func TestLargeFileIsNotRead(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "a.go")
	tr.must(os.Truncate(tr.path("a.go"), largestHashed+1))
	f, ok, err := statRegular(tr.path("a.go"))
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if f.read(tr.path("a.go"), seedForTest); f.known {
		t.Error("the file was read")
	}
	w := tr.watch(Options{Poll: 5 * time.Millisecond}) // wine makes no event of a time
	now := time.Now()
	tr.must(os.Chtimes(tr.path("a.go"), now, now))
	w.wants("modified a.go")
}

// Files that Start leaves unread are read later, and then count by content, too.
func TestLearnLater(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "a.go", "b.go", "c.go", "d.go")
	k, _ := tr.keeper(Options{})
	k.learn(1, eagerBytes)
	if len(k.unread) != 3 {
		t.Fatalf("%d files unread, want 3", len(k.unread))
	}
	now := time.Now()
	tr.must(os.Chtimes(tr.path("c.go"), now, now))
	k.mark(tr.path("d.go"), written)
	k.learn(idleFiles, idleBytes)
	if len(k.unread) != 0 {
		t.Fatalf("%d files unread, want none", len(k.unread))
	}
	if !k.files[tr.path("b.go")].known {
		t.Error("b.go was not read")
	}
	if k.files[tr.path("c.go")].known {
		t.Error("c.go was read after it had changed: the old content is not known")
	}
	if k.files[tr.path("d.go")].known {
		t.Error("d.go was read after its event: the content may be new")
	}
}

// Written twice within one step of the file system's clock: the metadata is the same, the content is not.
func TestSameTimeOtherContent(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "a.go")
	at := time.Now()
	tr.must(os.Chtimes(tr.path("a.go"), at, at))
	k, _ := tr.keeper(Options{})
	k.learn(eagerFiles, eagerBytes)
	tr.overwrite("a.go", "A.GO")
	tr.must(os.Chtimes(tr.path("a.go"), at, at))
	k.poll()
	k.expire(time.Now().Add(time.Hour))
	if want := []Change{{tr.path("a.go"), Modified}}; !slices.Equal(k.pending.Changes, want) {
		t.Errorf("got %v, want %v", k.pending.Changes, want)
	}
}
