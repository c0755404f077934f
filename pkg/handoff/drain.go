package handoff

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

// CutError says that a drain ended before everything was done.
type CutError struct {
	Connections int    // closed while they were in use
	Why         string // "the time is up after 30s" or "a second stop signal came"
}

// Error implements error.
func (e *CutError) Error() string {
	return fmt.Sprintf("cannot drain to the end: %s, %d connections were cut", e.Why, e.Connections)
}

// drain ends when every member is gone. The order matters: only when nothing is accepted any more
// are all connections known.
func (w *Worker) drain() error {
	start := time.Now()
	for _, h2 := range w.stopAccepting() {
		sendGoAway(h2)
	}
	told := make(chan struct{})
	go func() {
		defer close(told)
		_ = w.notify.send("STOPPING=1\nSTATUS=draining", nil)
	}()
	defer func() { <-told }()
	return w.untilGone(start)
}

// stopAccepting closes this process's own listening sockets and returns the servers that send GOAWAY.
// The supervisor's sockets stay open and with them the kernel's queue, which is why nothing here ever
// calls shutdown(2).
func (w *Worker) stopAccepting() []*http.Server {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range w.listeners {
		_ = l.Close()
	}
	for _, p := range w.packets {
		p.stopReading()
	}
	return slices.Collect(maps.Values(w.servers))
}

func (w *Worker) untilGone(start time.Time) error {
	linger := w.options.Linger
	sweep := time.NewTimer(linger)
	defer sweep.Stop()
	sweepAt := start.Add(linger)
	soft := time.NewTimer(w.goodbye)
	defer soft.Stop()
	hard := time.NewTimer(w.options.DrainTimeout)
	defer hard.Stop()

	for !w.members.gone() {
		select {
		case <-w.members.changed:
			// A connection that has just become idle is due in linger.
			if at := time.Now().Add(linger); sweepAt.IsZero() || at.Before(sweepAt) {
				sweepAt = at
				sweep.Reset(linger)
			}
		case now := <-sweep.C:
			sweepAt = time.Time{}
			if next := w.members.retire(start, now); next > 0 {
				sweepAt = now.Add(next)
				sweep.Reset(next)
			}
		case <-soft.C:
			w.cut()
			w.members.retireWaiting()
		case <-hard.C:
			return w.cutAll(fmt.Sprintf("the time is up after %v", w.options.DrainTimeout))
		case <-w.signals:
			return w.cutAll("a second stop signal came")
		}
	}
	w.closePackets()
	return nil
}

// margin is the time between the end of the context and the deadline, for goodbyes.
func margin(timeout time.Duration) time.Duration { return min(timeout/10, time.Second) }

func (w *Worker) cutAll(why string) error {
	w.cut()
	w.closePackets()
	if n := w.members.cut(); n > 0 {
		return &CutError{Connections: n, Why: why}
	}
	return nil
}

func (w *Worker) closePackets() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.packets {
		_ = p.Close()
	}
}

// isDraining reports whether draining has begun.
func (w *Worker) isDraining() bool { return w.draining.Err() != nil }
