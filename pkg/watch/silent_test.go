package watch

import (
	"errors"
	"hash/maphash"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// silentBelow is a system on which the directories with a name are on another file system, one that is changed from elsewhere.
func silentBelow(name string) system {
	return opened(func() (backend, error) {
		b, err := newNotifier()
		return muted{b, name}, err
	})
}

// muted makes no events in the directories with a name and below.
type muted struct {
	backend
	name string
}

func (m muted) add(dir string) error {
	if m.hides(dir) {
		return nil
	}
	return m.backend.add(dir)
}

func (m muted) hides(dir string) bool {
	return strings.Contains(filepath.ToSlash(dir)+"/", "/"+m.name+"/")
}

// The mount is the tree itself, a directory in it, or one that comes later.
func TestSilentFileSystem(t *testing.T) {
	t.Parallel()
	for name, before := range map[string][]string{"root": {"mnt/a.go"}, "below": {"main.go", "mnt/a.go"}, "later": {"main.go"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr := newTree(t, before...)
			sys := silentBelow("mnt")
			// Each directory is on a device of its own.
			sys.device = func(fi os.FileInfo) uint64 { return maphash.String(seedForTest, fi.Name()) }
			sys.silent = func(dir string) string {
				if (muted{name: "mnt"}).hides(dir) {
					return "9p"
				}
				return ""
			}
			o := Options{}
			if name == "root" {
				o.Dir = tr.path("mnt")
			}
			w := tr.watchWith(o, sys)
			if name == "later" {
				w.write("mnt/a.go", "a")
				w.wants("created mnt/a.go")
			}
			w.write("mnt/a.go", "new")
			w.wants("modified mnt/a.go")
			w.write("mnt/sub/b.go", "b")
			w.wants("created mnt/sub/b.go")
			if name != "root" {
				w.write("other.go", "other")
				w.wants("created other.go")
			}
			w.must(w.w.Update(Options{Dir: o.Dir, Files: []string{tr.path("mnt/a.go")}}))
			n := w.notices()
			if len(n) != 1 || !strings.HasPrefix(n[0].Error(), "polling, because ") ||
				!strings.HasSuffix(n[0].Error(), "mnt is on 9p, a file system that does not tell of every change") {
				t.Errorf("got notices %q, want one about polling", n)
			}
		})
	}
}

// Nobody polls where events are complete, or with PollNever.
func TestSilenceIsNotLookedFor(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "a.go", "sub/b.go")
	k, _ := tr.keeper(Options{})
	if k.silent || k.rounds.timer.Stop() {
		t.Error("a survey is due on a file system that tells of every change")
	}
	for _, o := range []Options{{Dir: tr.root, Poll: PollNever}, {Dir: tr.root, Poll: time.Hour}} {
		s, err := compile(o)
		tr.must(err)
		sys := opened(func() (backend, error) { return newFake(), nil })
		sys.silent = func(string) string { return "nfs" }
		k := newKeeper(s, sys, make(chan error, 1))
		b, err := k.reopen(s)
		tr.must(err)
		k.backend = b
		k.survey(k.meet)
		if due := k.rounds.timer.Stop(); due != (o.Poll > 0) || k.silent || len(k.notices) > 0 {
			t.Errorf("%v: a survey is due: %v, silent: %v, %d notices", o.Poll, due, k.silent, len(k.notices))
		}
	}
}

// A file system is asked once a survey.
func TestEachFileSystemIsAskedOnce(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "a/b/c.go", "d/e.go")
	k, _ := tr.keeper(Options{})
	asked := 0
	k.system.silent = func(string) string { asked++; return "" }
	k.poll()
	if asked == 0 || deviceID(tr.stat(".")) != 0 && asked != 1 {
		t.Errorf("asked %d times for the file system of 4 directories", asked)
	}
}

func TestPause(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for took, want := range map[time.Duration]time.Duration{
		0: 200 * ms, 5 * ms: 200 * ms, 50 * ms: time.Second, 400 * ms: 8 * time.Second, time.Minute: 10 * time.Second,
	} {
		if got := pause(took, shortestPause); got != want {
			t.Errorf("after a survey of %v: pause of %v, want %v", took, got, want)
		}
	}
	if got := pause(0, time.Minute); got != time.Minute {
		t.Errorf("pause of %v, want the shortest allowed", got)
	}
}

// What events cannot be had at all for is polled for as well; see TestNoEventsAtAll. Both reasons are told.
func TestSilentThenNoWatches(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "a.go")
	k, _ := tr.keeper(Options{})
	k.system.silent = func(string) string { return "nfs" }
	k.poll()
	k.fallBack(errors.New("gone"))
	k.poll()
	if len(k.notices) != 2 || !k.blind {
		t.Errorf("%d notices, want 2", len(k.notices))
	}
}
