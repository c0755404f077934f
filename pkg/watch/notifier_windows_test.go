package watch

import (
	"fmt"
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
