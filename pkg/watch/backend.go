package watch

import (
	"io/fs"
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
	close() error
}

// event says that something happened at a path. op is a hint: what counts is on the disk.
type event struct {
	path string
	op   fsnotify.Op
	lost bool // events were lost; path and op are empty
}

// system is what a keeper asks of the operating system.
type system struct {
	open func() (backend, error)
	// silent names the file system of a directory, if others can change files there without an event.
	silent func(dir string) string
	device func(fs.FileInfo) uint64 // tells file systems apart
	// clings: a watch stays with its directory wherever that is moved, and goes on to tell of it by the old path; and a
	// directory that is made again may be taken for the old one.
	clings bool
	pause  time.Duration // shortest between surveys, if the interval is ours to choose
}

func ownSystem() system {
	return system{open: openEvents, silent: silentFileSystem, device: deviceID, clings: watchesCling, pause: shortestPause}
}

// blind is the backend of one who polls.
type blind struct{}

func (blind) add(string) error     { return nil }
func (blind) remove(string)        {}
func (blind) events() <-chan event { return nil }
func (blind) close() error         { return nil }
