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

func (f *fake) remove(string)        {}
func (f *fake) events() <-chan event { return f.out }
func (f *fake) close() error         { f.closed = true; return nil }

// send waits until the watcher has taken the event.
func (f *fake) send(t *testing.T, e event) {
	t.Helper()
	select {
	case f.out <- e:
	case <-time.After(tolerance):
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

func openHooked(before, after func(dir string)) system {
	return opened(func() (backend, error) {
		b, err := newNotifier()
		return hooked{b, before, after}, err
	})
}

// opened is a system with another way to open a backend. If it comes to polling, it polls often.
func opened(open func() (backend, error)) system {
	sys := ownSystem()
	sys.open, sys.pause = open, 5*time.Millisecond
	return sys
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
	k := newKeeper(s, opened(func() (backend, error) { return f, nil }), make(chan error, 16))
	tr.t.Cleanup(func() { k.rounds.arm(0) })
	k.backend = f
	k.survey(k.meet)
	return k, f
}

// happens has the keeper see an event and close the batch.
func (k *keeper) happens(path string, op fsnotify.Op) {
	k.handle(event{path: path, op: op})
	k.expire(time.Now().Add(time.Hour))
}
