package watch

import (
	"hash/maphash"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

var seedForTest = maphash.MakeSeed()

// fake is a backend that reports what the test says.
type fake struct {
	out    chan event
	onAdd  func(dir string) error
	added  []string
	closed bool
}

func newFake() *fake { return &fake{out: make(chan event)} }

func (f *fake) add(dir string) error {
	f.added = append(f.added, dir)
	if f.onAdd != nil {
		return f.onAdd(dir)
	}
	return nil
}

func (f *fake) remove(string)           {}
func (f *fake) events() <-chan event    { return f.out }
func (f *fake) ticks() <-chan time.Time { return nil }
func (f *fake) close() error            { f.closed = true; return nil }

// send waits until the watcher has taken the event.
func (f *fake) send(t *testing.T, e event) {
	t.Helper()
	select {
	case f.out <- e:
	case <-time.After(patience):
		t.Fatal("the watcher does not take events")
	}
}

// hooked calls a function before and after each add of a real backend.
type hooked struct {
	backend
	before, after func(dir string)
}

func (h hooked) add(dir string) error {
	if h.before != nil {
		h.before(dir)
	}
	err := h.backend.add(dir)
	if h.after != nil {
		h.after(dir)
	}
	return err
}

func openHooked(before, after func(dir string)) opener {
	return func(poll time.Duration) (backend, error) {
		b, err := openBackend(poll)
		return hooked{b, before, after}, err
	}
}

// keeper returns a keeper that no goroutine runs yet, with a fake backend.
func (tr tree) keeper(o Options) (*keeper, *fake) {
	tr.t.Helper()
	if o.Dir == "" {
		o.Dir = tr.root
	}
	s, err := compile(o)
	tr.must(err)
	f := newFake()
	open := func(time.Duration) (backend, error) { return f, nil }
	k := newKeeper(s, open, make(chan error, 16))
	k.backend = f
	k.survey(k.meet)
	return k, f
}

// happens has the keeper see an event and close the batch.
func (k *keeper) happens(path string, op fsnotify.Op) {
	k.handle(event{path: path, op: op})
	k.expire(time.Now().Add(time.Hour))
}
