//go:build !windows

package watch

import (
	"fmt"

	"github.com/fsnotify/fsnotify"
)

// notifier passes on the events of fsnotify.
//
// Its goroutine always drains fsnotify, whatever the keeper is doing: fsnotify sends some errors while it holds the lock that
// Add needs, so a keeper that adds and drains in turn would hang; and the kernel's queue is short.
type notifier struct {
	fs   *fsnotify.Watcher
	out  chan event
	quit chan struct{}
	done chan struct{}
}

func newNotifier() (backend, error) {
	fs, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("cannot watch files by events: %w", err)
	}
	n := &notifier{fs: fs, out: make(chan event), quit: make(chan struct{}), done: make(chan struct{})}
	go n.pump()
	return n, nil
}

func (n *notifier) add(dir string) error { return n.fs.Add(dir) }
func (n *notifier) remove(dir string)    { _ = n.fs.Remove(dir) } // fails only if it is gone already
func (n *notifier) events() <-chan event { return n.out }

func (n *notifier) close() error {
	err := n.fs.Close()
	if err != nil {
		close(n.quit) // the goroutine of fsnotify may stay
	}
	<-n.done
	return err
}

// pump ends when fsnotify has closed both channels, which is the last that its goroutine does: on Linux Close returns before.
func (n *notifier) pump() {
	defer close(n.done)
	events, errors := n.fs.Events, n.fs.Errors
	var queue []event
	for events != nil || errors != nil {
		var out chan<- event
		var next event
		if len(queue) > 0 {
			out, next = n.out, queue[0]
		}
		select {
		case e, ok := <-events:
			if !ok {
				events = nil
				continue
			}
			// On overflow fsnotify also sends an event without a name.
			if e.Name != "" {
				queue = push(queue, event{path: e.Name, op: e.Op})
			}
		case _, ok := <-errors:
			if !ok {
				errors = nil
				continue
			}
			// ErrEventOverflow, or a failure to read or to interpret an event: the same to us.
			queue = push(queue, event{lost: true})
		case out <- next:
			queue = queue[1:]
		case <-n.quit:
			return
		}
	}
}
