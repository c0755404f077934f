package control

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func follow(t *testing.T, f *Feed, filter Filter) *Follower {
	t.Helper()
	w, err := f.Follow(filter)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

func said(service string, generation int, text string) Event {
	return Event{Event: EventOutput, Service: service, Generation: generation, Message: text}
}

// taken is what there is, in short.
func taken(w *Follower) (all []string) {
	for {
		e, ok := w.Take()
		if !ok {
			return all
		}
		all = append(all, fmt.Sprintf("%s %s %d %s", e.Event, e.Service, e.Generation, e.Message))
	}
}

func TestFilters(t *testing.T) {
	var f Feed
	reports := follow(t, &f, Filter{Reports: true})
	output := follow(t, &f, Filter{Output: true, Services: []string{"web"}})
	for _, e := range []Event{
		{Event: "ready", Service: "web", Generation: 2}, {Event: "config"},
		said("web", 2, "a"), said("web", 0, "building"), said("api", 1, "b"),
	} {
		f.Publish(e)
	}
	if got, want := taken(reports), []string{"ready web 2 ", "config  0 ", "output web 0 building"}; !slices.Equal(got, want) {
		t.Errorf("reports: %q", got)
	}
	if got, want := taken(output), []string{"output web 2 a", "output web 0 building"}; !slices.Equal(got, want) {
		t.Errorf("output: %q", got)
	}
}

// Whoever does not read misses what comes, in its place, and holds nobody up.
func TestMissed(t *testing.T) {
	var f Feed
	slow, fast := follow(t, &f, Filter{Reports: true}), follow(t, &f, Filter{Reports: true})
	const n = 3 * maxQueue
	got := 0
	for i := range n {
		f.Publish(Event{Event: "notice", Message: fmt.Sprint(i)})
		got += len(taken(fast))
	}
	if got != n {
		t.Errorf("the one who reads got %d of %d", got, n)
	}
	all := taken(slow)
	missed := n - (len(all) - 1)
	if len(all) > maxQueue || all[0] != "notice  0 0" || !strings.HasPrefix(all[len(all)-1], fmt.Sprintf("missed  0 %d events", missed)) {
		t.Errorf("got %d events, the last is %q", len(all), all[len(all)-1])
	}
	f.Publish(Event{Event: "notice", Message: "next"})
	if got := taken(slow); !slices.Equal(got, []string{"notice  0 next"}) {
		t.Errorf("then %q", got)
	}
}

// What is missing stands before what comes after it.
func TestMissedInItsPlace(t *testing.T) {
	var f Feed
	w := follow(t, &f, Filter{Reports: true})
	for range maxQueue + 4 {
		f.Publish(Event{Event: "notice"})
	}
	w.Take()
	w.Take()
	f.Publish(Event{Event: "ready"})
	all := taken(w)
	if n := len(all); !strings.HasPrefix(all[n-2], "missed") || !strings.HasPrefix(all[n-1], "ready") {
		t.Errorf("the last ones are %q", all[len(all)-2:])
	}
}

func TestQueueIsBoundedInBytes(t *testing.T) {
	var f Feed
	w := follow(t, &f, Filter{Output: true})
	for range 100 {
		f.Publish(said("web", 1, strings.Repeat("x", maxQueued/10)))
	}
	if got := len(taken(w)); got > 11 {
		t.Errorf("%d lines were kept", got)
	}
}

func TestReplay(t *testing.T) {
	var f Feed
	for i := range maxTailLines + 10 {
		f.Publish(said("web", 1, fmt.Sprint(i)))
	}
	f.Publish(said("web", 2, "two"))
	f.Publish(said("api", 1, "api"))
	f.Publish(said("web", 1, "late"))
	w := follow(t, &f, Filter{Output: true, Replay: true, Services: []string{"web"}})
	f.Publish(said("web", 2, "live"))
	got := taken(w)
	if n := len(got); n != maxTailLines+2 || got[0] != "output web 1 11" ||
		!slices.Equal(got[n-3:], []string{"output web 1 late", "output web 2 two", "output web 2 live"}) {
		t.Errorf("got %d lines: %q … %q", len(got), got[0], got[len(got)-3:])
	}
}

// However much is printed, by however many generations and services, little is kept.
func TestReplayIsBounded(t *testing.T) {
	var r recent
	size := func() (n int) {
		for _, l := range r.tails {
			n += l.size
		}
		return n
	}
	for g := range 10 {
		for s := range 2 * maxTails {
			for range 10 {
				r.add(said(fmt.Sprint("s", s), g, strings.Repeat("x", 2*maxTailedLine)))
			}
		}
	}
	if len(r.tails) > maxTails || size() > maxTails*maxTailBytes {
		t.Errorf("%d tails of %d bytes", len(r.tails), size())
	}
	r = recent{}
	for g := range 100 {
		r.add(said("web", g, "x"))
	}
	var kept []int
	for _, l := range r.tails {
		kept = append(kept, l.generation)
	}
	if !slices.Equal(kept, []int{0, 92, 93, 94, 95, 96, 97, 98, 99}) {
		t.Errorf("generations %v are kept", kept)
	}
}

func TestTooManyFollowers(t *testing.T) {
	var f Feed
	var last *Follower
	for range maxFollowers {
		last = follow(t, &f, Filter{})
	}
	if _, err := f.Follow(Filter{}); err == nil {
		t.Error("there is no end of them")
	}
	last.Close()
	if w, err := f.Follow(Filter{}); err != nil {
		t.Error(err)
	} else {
		w.Close()
	}
}

func TestNextEndsWithItsContext(t *testing.T) {
	var f Feed
	w := follow(t, &f, Filter{Reports: true})
	f.Publish(Event{Event: "ready"})
	if e, err := w.Next(t.Context()); err != nil || e.Event != "ready" {
		t.Errorf("got %+v, %v", e, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Next(ctx); err == nil {
		t.Error("an event out of nothing")
	}
}
