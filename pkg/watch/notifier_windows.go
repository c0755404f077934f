package watch

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"time"
	"unsafe"

	"github.com/fsnotify/fsnotify"
	"golang.org/x/sys/windows"
)

// notifier is the backend of Windows: one goroutine has a ReadDirectoryChangesW under way for each directory.
//
//	add ─▶ read ──packet──▶ told, read again ─ ─ ─▶
//	         │ remove: cancelled   │ the directory is gone
//	         └───────packet────────┴──▶ closed
//
// A handle is closed, once, when the packet of its last read is back; and until then the memory is kept that the system
// writes to.
//
// fsnotify 1.10.1 does neither, and so has no part in it. It closes the handle of a watch that is removed, and once more if a
// packet of it is on the way (https://github.com/fsnotify/fsnotify/issues/768): then another has that number, which may be a
// new watch, that is silent from then on, or a socket, or what the Go runtime waits for.
type notifier struct {
	port     windows.Handle
	requests chan request
	found    chan event // from run to pass
	out      chan event
	done     chan struct{} // closed when nothing is left

	// Of run:
	watched map[string]*watch              // by path
	reads   map[*windows.Overlapped]*watch // all that are under way
	ending  bool
}

// watch is a directory that is read, or was to the end of its last read.
type watch struct {
	overlapped windows.Overlapped
	handle     windows.Handle
	path       string
	over       bool // nobody wants it any more
	buffer     [bufferSize / 4]uint32
}

const (
	// bufferSize is for the changes in one directory, in bytes, while the ones before are read. They are 20 to 100 bytes each.
	bufferSize = 16 << 10
	filter     = windows.FILE_NOTIFY_CHANGE_FILE_NAME | windows.FILE_NOTIFY_CHANGE_DIR_NAME | windows.FILE_NOTIFY_CHANGE_LAST_WRITE
	// patience is how long the system may take to end reads that are cancelled.
	patience = 5 * time.Second
)

// request asks run for something. A packet without a read tells it to look.
type request struct {
	add, remove string
	end         bool
	reply       chan error
}

func newNotifier() (backend, error) {
	port, err := windows.CreateIoCompletionPort(windows.InvalidHandle, 0, 0, 1)
	if err != nil {
		return nil, fmt.Errorf("cannot watch files by events: %w", err)
	}
	n := &notifier{
		port: port, requests: make(chan request, 1), found: make(chan event), out: make(chan event), done: make(chan struct{}),
		watched: map[string]*watch{}, reads: map[*windows.Overlapped]*watch{},
	}
	go n.run()
	go n.pass()
	return n, nil
}

func (n *notifier) add(dir string) error { return n.ask(request{add: dir}) }
func (n *notifier) remove(dir string)    { n.ask(request{remove: dir}) }
func (n *notifier) events() <-chan event { return n.out }

// close waits for what is left. If the system does not end it, as a server may that is gone, it ends when that does.
func (n *notifier) close() error {
	if err := n.ask(request{end: true}); err != nil {
		return err
	}
	select {
	case <-n.done:
		return nil
	case <-time.After(patience):
		return fmt.Errorf("cannot end the reading of directories within %v", patience)
	}
}

// ask is called by one goroutine at a time. At the end the port is closed, and its number may be another's.
func (n *notifier) ask(r request) error {
	select {
	case <-n.done:
		return ErrClosed
	default:
	}
	r.reply = make(chan error, 1)
	n.requests <- r
	if err := windows.PostQueuedCompletionStatus(n.port, 0, 0, nil); err != nil {
		<-n.requests
		return fmt.Errorf("cannot reach the reader of directories: %w", err)
	}
	return <-r.reply
}

// pass keeps events until the keeper takes them. It always listens, so that run never waits for the keeper, which waits
// for run when it asks for something.
func (n *notifier) pass() {
	defer close(n.done)
	var queue []event
	for {
		var out chan<- event
		var next event
		if len(queue) > 0 {
			out, next = n.out, queue[0]
		}
		select {
		case e, ok := <-n.found:
			if !ok {
				return
			}
			queue = push(queue, e)
		case out <- next:
			queue = queue[1:]
		}
	}
}

// run has a thread of its own: the reads that a thread begins may end with it.
func (n *notifier) run() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(n.found)
	for !n.ending || len(n.reads) > 0 {
		var size uint32
		var key uintptr
		var read *windows.Overlapped
		err := windows.GetQueuedCompletionStatus(n.port, &size, &key, &read, windows.INFINITE)
		if read == nil {
			n.obey(<-n.requests)
			continue
		}
		n.back(n.reads[read], size, err)
	}
	windows.CloseHandle(n.port)
}

func (n *notifier) obey(r request) {
	var err error
	switch {
	case r.end:
		n.ending = true
		for path := range n.watched {
			n.leave(path)
		}
	case r.add != "":
		err = n.enter(r.add)
	default:
		n.leave(r.remove)
	}
	r.reply <- err
}

// enter watches what is at path now. What was watched there before may be another directory; both are until this one is.
func (n *notifier) enter(path string) error {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return &fs.PathError{Op: "watch", Path: path, Err: err}
	}
	h, err := windows.CreateFile(name, windows.FILE_LIST_DIRECTORY, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE,
		nil, windows.OPEN_EXISTING, windows.FILE_FLAG_BACKUP_SEMANTICS|windows.FILE_FLAG_OVERLAPPED, 0)
	if err != nil {
		return &fs.PathError{Op: "watch", Path: path, Err: err}
	}
	w := &watch{handle: h, path: path}
	if _, err = windows.CreateIoCompletionPort(h, n.port, 0, 0); err == nil {
		err = n.read(w)
	}
	if err != nil {
		windows.CloseHandle(h)
		return &fs.PathError{Op: "watch", Path: path, Err: err}
	}
	n.leave(path)
	n.watched[path] = w
	return nil
}

func (n *notifier) read(w *watch) error {
	w.overlapped = windows.Overlapped{}
	err := windows.ReadDirectoryChanges(w.handle, (*byte)(unsafe.Pointer(&w.buffer)), bufferSize, false, filter, nil, &w.overlapped, 0)
	if err == nil {
		n.reads[&w.overlapped] = w
	}
	return err
}

// leave lets go of what is watched at path, if anything is.
func (n *notifier) leave(path string) {
	w := n.watched[path]
	if w == nil {
		return
	}
	delete(n.watched, path)
	w.over = true
	windows.CancelIoEx(w.handle, &w.overlapped) // fails if the packet is on the way already
}

// back takes the packet of a read.
func (n *notifier) back(w *watch, size uint32, err error) {
	delete(n.reads, &w.overlapped)
	if !w.over && err == nil {
		n.tell(w, size)
		if err = n.read(w); err == nil {
			return
		}
	}
	if !w.over {
		delete(n.watched, w.path)
		n.found <- farewell(w, err)
	}
	windows.CloseHandle(w.handle)
}

// tell passes on the changes. If there were more than the buffer could take, there are none in it.
func (n *notifier) tell(w *watch, size uint32) {
	b := unsafe.Slice((*byte)(unsafe.Pointer(&w.buffer)), bufferSize)
	list, whole := records(b[:min(size, bufferSize)], w.path)
	for _, e := range list {
		n.found <- e
	}
	if !whole {
		n.found <- event{lost: true}
	}
}

// farewell is what is to be said of a watch that can no longer be read.
func farewell(w *watch, err error) event {
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) { // about to be removed
		return event{path: w.path, op: fsnotify.Remove}
	}
	return event{lost: true}
}
