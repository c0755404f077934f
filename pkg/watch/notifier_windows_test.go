package watch

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/windows"
)

// A buffer that has overflowed comes back with nothing in it, and the directory is watched on.
func TestOverflowOfWindows(t *testing.T) {
	t.Parallel()
	n := &notifier{found: make(chan event, 1)}
	n.tell(&watch{}, 0)
	if e := <-n.found; !e.lost {
		t.Errorf("got %+v, want a loss", e)
	}
}

// refusing is a backend of a file system that has no ReadDirectoryChangesW.
type refusing struct{ backend }

func (refusing) add(dir string) error {
	return &fs.PathError{Op: "watch", Path: dir, Err: windows.ERROR_INVALID_FUNCTION}
}

// What tells of no changes is looked at again and again, and that is said once.
func TestFileSystemWithoutEvents(t *testing.T) {
	t.Parallel()
	w := newTree(t, "a.go", "sub/b.go").watchWith(Options{}, opened(func() (backend, error) {
		b, err := newNotifier()
		return refusing{b}, err
	}))
	w.write("a.go", "new")
	w.write("sub/c.go", "new")
	w.wants("modified a.go", "created sub/c.go")
	if n := w.notices(); len(n) != 1 || !strings.HasPrefix(n[0].Error(), "polling, because its file system tells of no changes") {
		t.Errorf("got notices %q, want one about polling", n)
	}
}

var getHandleInformation = windows.NewLazySystemDLL("kernel32.dll").NewProc("GetHandleInformation")

// handles counts those of this process. (Of the functions that would, wine has none.)
func handles() (count int) {
	for h := uintptr(4); h < 4<<12; h += 4 {
		var flags uint32
		if ok, _, _ := getHandleInformation.Call(h, uintptr(unsafe.Pointer(&flags))); ok != 0 {
			count++
		}
	}
	return count
}

// Not parallel: it counts the handles of the whole process. Some are of threads, of which the Go runtime makes ever new ones,
// but not that many.
func TestHandlesOfWatches(t *testing.T) {
	const rounds, some = 100, 50
	tr := newTree(t, "dir/a.go", "gone/a.go")
	b, err := newNotifier()
	tr.must(err)
	tr.must(b.add(tr.path("dir")))
	before := handles()
	for n := range rounds {
		name := fmt.Sprint("dir/file", n)
		tr.write(name, "")
		if n%2 == 0 {
			b.remove(tr.path("dir"))
		}
		tr.must(b.add(tr.path("dir")))
		tr.write(name, "again")
		awaitEvent(t, b, tr.path(name))
		tr.must(b.add(tr.path("gone")))
		b.remove(tr.path("gone"))
		b.remove(tr.path("gone")) // which is not watched any more
	}
	if after := handles(); after > before+some {
		t.Errorf("%d handles, %d before", after, before)
	}
	tr.must(b.close())
	if after := handles(); after > before+some {
		t.Errorf("%d handles after the end, %d before", after, before)
	}
	if err := b.add(tr.path("not/there")); err == nil {
		t.Error("after the end, a directory is watched")
	}
}
