package control

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// recent is the last lines of each generation, for whoever comes later. All of it is
// bounded: maxTails times maxTailBytes, 8 MiB, and far less as a rule.
type recent struct{ tails []*tail }

const (
	maxTails      = 256 // of all services, that which was silent longest goes
	maxOfService  = 8   // generations
	maxTailLines  = 100
	maxTailBytes  = 32 << 10
	maxTailedLine = 4 << 10
)

// tail is the end of what one generation printed; generation 0 is the builds.
type tail struct {
	service    string
	generation int
	lines      []line
	size       int
}

type line struct {
	at   time.Time
	text string
}

func (r *recent) add(e Event) {
	t := r.tail(e.Service, e.Generation)
	text := e.Message
	if len(text) > maxTailedLine {
		text = text[:maxTailedLine]
	}
	// A copy: else each line would keep all that it came with.
	t.lines = append(t.lines, line{e.Time, strings.Clone(text)})
	t.size += len(text)
	for len(t.lines) > maxTailLines || t.size > maxTailBytes {
		t.size -= len(t.lines[0].text)
		t.lines[0] = line{}
		t.lines = t.lines[1:]
	}
}

// tail returns the one of a generation, and makes it the last of all.
func (r *recent) tail(service string, generation int) *tail {
	at := slices.IndexFunc(r.tails, func(t *tail) bool { return t.service == service && t.generation == generation })
	if at == len(r.tails)-1 && at >= 0 {
		return r.tails[at]
	}
	t := &tail{service: service, generation: generation}
	if at >= 0 {
		t = r.tails[at]
		r.tails = slices.Delete(r.tails, at, at+1)
	}
	r.tails = append(r.tails, t)
	if at < 0 {
		r.shrink(service)
	}
	return t
}

func (r *recent) shrink(service string) {
	oldest, n := -1, 0
	for i, t := range r.tails {
		if t.service != service {
			continue
		}
		n++
		if t.generation != 0 && (oldest < 0 || t.generation < r.tails[oldest].generation) {
			oldest = i
		}
	}
	switch {
	case n > maxOfService+1: // one more for the builds
		r.tails = slices.Delete(r.tails, oldest, oldest+1)
	case len(r.tails) > maxTails:
		r.tails = slices.Delete(r.tails, 0, 1)
	}
}

// list is what there is, by service, older generations first.
func (r *recent) list(f Filter) (all []Event) {
	tails := slices.Clone(r.tails)
	slices.SortFunc(tails, func(a, b *tail) int {
		return cmp.Or(cmp.Compare(a.service, b.service), cmp.Compare(a.generation, b.generation))
	})
	for _, t := range tails {
		for _, l := range t.lines {
			e := Event{Time: l.at, Event: EventOutput, Message: l.text, Service: t.service, Generation: t.generation}
			if f.wants(e) {
				all = append(all, e)
			}
		}
	}
	return all
}
