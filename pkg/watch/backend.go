package watch

import (
	"time"

	"github.com/fsnotify/fsnotify"
)

// A backend says where to look. Its methods are called from one goroutine; a channel that a backend has no use for is nil.
type backend interface {
	// add watches one directory, not what is below it. Adding twice is no error.
	add(dir string) error
	// remove forgets a directory, which may be gone or unknown.
	remove(dir string)
	events() <-chan event
	ticks() <-chan time.Time
	close() error
}

// event says that something happened at a path. op is a hint: what counts is on the disk.
type event struct {
	path string
	op   fsnotify.Op
	lost bool // events were lost; path and op are empty
}

// opener opens the backend for a value of Options.Poll that is resolved: an interval, or 0 for events.
type opener func(poll time.Duration) (backend, error)

func openBackend(poll time.Duration) (backend, error) {
	if poll > 0 {
		return poller{time.NewTicker(poll)}, nil
	}
	return newNotifier()
}
