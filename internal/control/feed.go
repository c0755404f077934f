package control

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
)

// Feed passes events on to whoever follows, and never waits for one of them: each has a
// queue, and one that is full misses what comes, and is told how much. It keeps the
// last lines of each generation. The zero value works.
type Feed struct {
	mu        sync.Mutex // held for a few copies at most: Publish is called in the supervisor's loop
	followers []*Follower
	recent    recent
}

const (
	maxFollowers = 64
	maxQueue     = 1024    // events that wait for one client
	maxQueued    = 1 << 20 // bytes of their texts
)

// Publish tells everybody who wants to know.
func (f *Feed) Publish(e Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e.Event == EventOutput && e.Service != "" {
		f.recent.add(e)
	}
	for _, w := range f.followers {
		if w.filter.wants(e) {
			w.put(e)
		}
	}
}

// Follow begins with first, goes on with what is replayed, and then follows. The
// caller closes what it returns.
func (f *Feed) Follow(filter Filter, first ...Event) (*Follower, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.followers) >= maxFollowers {
		return nil, &failure{
			Text: fmt.Sprintf("cannot follow: %d clients do already", maxFollowers),
			Hint: "end one of them", Kind: kindBusy, status: http.StatusServiceUnavailable,
		}
	}
	w := &Follower{feed: f, filter: filter, begin: slices.Clone(first), wake: make(chan struct{}, 1)}
	if filter.Replay {
		w.begin = append(w.begin, f.recent.list(filter)...)
	}
	f.followers = append(f.followers, w)
	return w, nil
}

// Follower is one who follows a Feed. What follows filter belongs to the feed's lock.
type Follower struct {
	feed   *Feed
	filter Filter

	begin  []Event
	queue  []Event
	queued int           // bytes
	missed int           // since the last of queue
	wake   chan struct{} // has a value when there is something new
}

func (w *Follower) put(e Event) {
	defer func() {
		select {
		case w.wake <- struct{}{}:
		default:
		}
	}()
	// A queue that was full must have room for how much was missed, too.
	if len(w.queue)+2 > maxQueue || w.queued+e.size() > maxQueued {
		w.missed++
		return
	}
	w.flushMissed()
	w.add(e)
}

func (w *Follower) add(e Event) {
	w.queue = append(w.queue, e)
	w.queued += e.size()
}

func (w *Follower) flushMissed() {
	if w.missed > 0 {
		w.add(Missed("", 0, w.missed))
		w.missed = 0
	}
}

// Missed says that so many events are missing where it stands.
func Missed(service string, generation, n int) Event {
	return Event{
		Event: EventMissed, Service: service, Generation: generation, Missed: n,
		Message: fmt.Sprintf("%d events are missing here: they were not read in time", n),
	}
}

func (e Event) size() int { return len(e.Message) + len(e.Text) + len(e.Err) + 64*len(e.Problems) }

// Next returns the next event. It waits for one as long as ctx lets it.
func (w *Follower) Next(ctx context.Context) (Event, error) {
	for {
		if e, ok := w.Take(); ok {
			return e, nil
		}
		select {
		case <-w.wake:
		case <-ctx.Done():
			return Event{}, context.Cause(ctx)
		}
	}
}

// Take returns the next event if there is one.
func (w *Follower) Take() (Event, bool) {
	w.feed.mu.Lock()
	defer w.feed.mu.Unlock()
	if len(w.begin) > 0 {
		e := w.begin[0]
		w.begin = w.begin[1:]
		return e, true
	}
	if len(w.queue) == 0 {
		w.flushMissed()
	}
	if len(w.queue) == 0 {
		w.queue = nil
		return Event{}, false
	}
	e := w.queue[0]
	w.queue[0] = Event{}
	w.queue = w.queue[1:]
	w.queued -= e.size()
	return e, true
}

// only has nothing come any more but what concerns these services, or none.
func (w *Follower) only(services []string) {
	w.feed.mu.Lock()
	defer w.feed.mu.Unlock()
	w.filter.Services = services
}

// Close ends following.
func (w *Follower) Close() {
	w.feed.mu.Lock()
	defer w.feed.mu.Unlock()
	w.feed.followers = slices.DeleteFunc(w.feed.followers, func(o *Follower) bool { return o == w })
}
