package control

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// changing is a supervisor whose PID changes when it is told.
type changing struct {
	fake
	mu    sync.Mutex
	pid   int
	next  chan struct{}
	asked int
}

func newChanging() *changing {
	s := &changing{pid: 1, next: make(chan struct{})}
	s.fake.status = func(context.Context) (Status, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked++
		return Status{PID: s.pid}, nil
	}
	s.fake.changes = func() <-chan struct{} {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.next
	}
	return s
}

func (s *changing) change(pid int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pid = pid
	close(s.next)
	s.next = make(chan struct{})
}

// Each change arrives once, and one that changes nothing does not.
func TestWatch(t *testing.T) {
	sup := newChanging()
	c, _ := start(t, sup)
	ctx, cancel := context.WithCancel(t.Context())
	seen, ended := make(chan int), make(chan error)
	go func() {
		ended <- c.Watch(ctx, func(st Status) error { seen <- st.PID; return nil })
	}()
	for _, pid := range []int{1, 2, 3} {
		if pid > 1 {
			sup.change(pid - 1) // as it is
			sup.change(pid)
		}
		select {
		case got := <-seen:
			if got != pid {
				t.Fatalf("saw %d, want %d", got, pid)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("never saw %d", pid)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	// Looked at once a request and once a change: nobody polls. The server may be at the
	// last one still.
	sup.mu.Lock()
	defer sup.mu.Unlock()
	if sup.asked > 3+4+3 {
		t.Errorf("looked at %d times", sup.asked)
	}
}

// An error of whoever is shown it ends the watching, and so does the end of the
// supervisor, whether it says so or is gone.
func TestWatchEnds(t *testing.T) {
	stop := errors.New("enough")
	path := filepath.Join(shortDir(t), "c.sock")
	end, c := serve(t, listen(t, path), newChanging()), NewClient(path)
	if err := c.Watch(t.Context(), func(Status) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	shown := make(chan struct{})
	ended := make(chan error)
	go func() { ended <- c.Watch(t.Context(), func(Status) error { close(shown); return nil }) }()
	<-shown
	end()
	if err := <-ended; !errors.Is(err, ErrNoSupervisor) {
		t.Errorf("got %v", err)
	}
}

// A watcher that goes away leaves nothing behind that waits.
func TestWatcherLeaves(t *testing.T) {
	sup := newChanging()
	path := filepath.Join(shortDir(t), "c.sock")
	end, c := serve(t, listen(t, path), sup), NewClient(path)
	ctx, cancel := context.WithCancel(t.Context())
	shown := make(chan struct{})
	ended := make(chan error)
	go func() { ended <- c.Watch(ctx, func(Status) error { close(shown); return nil }) }()
	<-shown
	cancel()
	<-ended
	end() // waits for all that answer
}
