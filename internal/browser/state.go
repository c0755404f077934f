package browser

import (
	"maps"
	"slices"
)

// state is what pages are told. A state never changes: a new one takes its
// place, so whoever follows it waits for nobody and is waited for by nobody. A
// slow follower misses what was overtaken, never the last.
type state struct {
	version  int            // counts reloads
	edits    int            // counts changes of style sheets since the version came
	styles   map[string]int // path of a style sheet: the edit that changed it last
	failures []Failure      // sorted by service
	turns    int            // counts changes of failures
	stopped  bool
	next     chan struct{} // closed once a later state is there
}

// update puts in place what change makes of a copy of the state. change must not
// write to what the copy points to, and may be called again.
func (p *Proxy) update(change func(*state)) {
	for {
		old := p.state.Load()
		s := *old
		s.next = make(chan struct{})
		change(&s)
		if p.state.CompareAndSwap(old, &s) {
			close(old.next)
			return
		}
	}
}

// Reload says that a new version serves: pages of earlier ones are reloaded. Call
// it once the version before has stopped accepting, or it may answer the reload.
func (p *Proxy) Reload() {
	p.update(func(s *state) {
		s.version++
		s.edits, s.styles = 0, nil
	})
}

// Styles says that style sheets changed, and nothing else did. Paths are those
// of the files; a page swaps the sheets with the same base names, or all of its
// sheets if there are none.
func (p *Proxy) Styles(paths []string) {
	if len(paths) == 0 {
		return
	}
	p.update(func(s *state) {
		s.edits++
		styles := maps.Clone(s.styles)
		if styles == nil {
			styles = make(map[string]int, len(paths))
		}
		for _, path := range paths {
			styles[path] = s.edits
		}
		s.styles = styles
	})
}

// Failed shows a failure over all pages, in the place of the one before of the
// same service.
func (p *Proxy) Failed(f Failure) {
	f.Problems = slices.Clone(f.Problems)
	p.update(func(s *state) {
		s.failures = with(s.failures, f)
		s.turns++
	})
}

// Mended takes the failure of a service away.
func (p *Proxy) Mended(service string) {
	p.update(func(s *state) {
		s.failures = without(s.failures, service)
		s.turns++
	})
}

// stylesSince returns the paths that changed after an edit.
func (s *state) stylesSince(edit int) []string {
	var paths []string
	for path, at := range s.styles {
		if at > edit {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}
