package prove

import (
	"sort"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// Phase is where in a handoff a request failed.
type Phase string

const (
	BeforeReady Phase = "before ready"
	// AtTheFlip: it was under way when the new version got ready.
	AtTheFlip Phase = "at the flip"
	// WhileDraining: it began after that, while the old version was there.
	WhileDraining Phase = "while the old one drained"
	// WhileStopped: the old version had been told to end, and the new one was not ready.
	WhileStopped Phase = "while nothing served"
	Between      Phase = "between handoffs"
)

func phases() []Phase {
	return []Phase{BeforeReady, AtTheFlip, WhileStopped, WhileDraining, Between}
}

// haste is by how much a client may hear of the end of a process later than the
// supervisor does.
const haste = control.Millis(20 * time.Millisecond)

// phaseOf places a failure.
func phaseOf(all []Handoff, s shot) Phase {
	start, at := control.Millis(s.start), control.Millis(s.start+s.took)
	if s.kind == load.Timeout {
		at = start // it was lost before it was given up
	}
	// The last one that had been asked for.
	n := sort.Search(len(all), func(i int) bool { return all[i].Asked > at }) - 1
	if n < 0 {
		return Between
	}
	h := all[n]
	end, over := h.end()
	switch {
	case h.stopsFirst() && at >= h.Draining && (h.Ready == 0 && !over || at <= max(h.Ready, h.Drained)+haste):
		return WhileStopped
	case h.Ready == 0 && over && at > end+haste:
		return Between
	case h.Ready == 0 || at < h.Ready:
		return BeforeReady
	case over && at > end+haste:
		return Between
	case start < h.Ready:
		return AtTheFlip
	}
	return WhileDraining
}
