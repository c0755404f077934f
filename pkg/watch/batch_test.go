package watch

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

func TestMerge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ first, second, want Op }{
		{Created, Modified, Created},
		{Created, Removed, 0},
		{Modified, Modified, Modified},
		{Modified, Removed, Removed},
		{Removed, Created, Modified},
	} {
		at := time.Now()
		a := Batch{Changes: []Change{{"a", c.first}}, First: at}
		b := Batch{Changes: []Change{{"a", c.second}}, First: at.Add(time.Second)}
		got := merge(a, b)
		var want []Change
		if c.want != 0 {
			want = []Change{{"a", c.want}}
		}
		if !slices.Equal(got.Changes, want) || !got.First.Equal(at) {
			t.Errorf("%v, then %v: got %v, want %v", c.first, c.second, got, want)
		}
	}
}

// Batches that nobody takes become one.
func TestBatchesNotTaken(t *testing.T) {
	t.Parallel()
	tr := newTree(t, "a.go", "b.go")
	k, _ := tr.keeper(Options{})
	real := k.dirs[tr.root].real
	event := func(name string, op fsnotify.Op) { t.Helper(); k.happens(filepath.Join(real, name), op) }
	tr.write("c.go", "c")
	event("c.go", fsnotify.Create)
	tr.write("b.go", "new")
	event("b.go", fsnotify.Write)
	tr.remove("c.go")
	event("c.go", fsnotify.Remove)
	tr.remove("a.go")
	event("a.go", fsnotify.Remove)
	want := []Change{{tr.path("a.go"), Removed}, {tr.path("b.go"), Modified}}
	if !slices.Equal(k.pending.Changes, want) {
		t.Errorf("got %v, want %v", k.pending.Changes, want)
	}
}

func TestQuiet(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	start := time.Now()
	at := func(d time.Duration) time.Time { return start.Add(d) }
	var q quiet
	q.set(0)
	check := func(what string, want time.Duration) {
		t.Helper()
		if got := q.closes().Sub(start); got != want {
			t.Errorf("%s: closes after %v, want %v", what, got, want)
		}
	}

	q.note(at(0), 1)
	check("one file", 1*ms)
	q.note(at(4*ms), 1)
	check("the same again", 5*ms)
	q.note(at(4*ms), 3)
	check("three files", 7*ms)
	q.note(at(5*ms), 1000)
	check("a thousand files", 105*ms)
	q.hold(at(150 * ms))
	check("half of a save", 150*ms)

	q.open = false
	for d := 160 * ms; d <= 2000*ms; d += 160 * ms {
		q.note(at(d), 1)
		check("saves for two seconds", d+1*ms)
		q.open = false
	}
	q.note(at(2160*ms), 1)
	check("more saves", 2240*ms)
	q.open = false
	for d := 2400 * ms; d <= 4890*ms; d += 10 * ms {
		q.note(at(d), 1)
	}
	check("changes without end", 4900*ms)

	q.open = false
	q.note(at(10_000*ms), 1)
	check("after a calm", 10_001*ms)

	q.open = false
	q.note(at(30_000*ms), 1)
	q.set(time.Second)
	check("a quiet time above the limit", 31_000*ms)
}
