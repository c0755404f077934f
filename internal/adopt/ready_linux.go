package adopt

import (
	"context"
	"slices"
	"time"
)

// sign is what shows that a process listens.
type sign struct {
	last time.Time // when it began to listen, or did so anew
}

// settle is how long a first process must have begun nothing more to listen on.
const settle = 50 * time.Millisecond

// began notes that a process listens on one socket more.
func (t *Table) began(o Owner) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.signs[o]
	if s == nil {
		s = &sign{}
		t.signs[o] = s
	}
	s.last = time.Now()
	close(t.changed)
	t.changed = make(chan struct{})
}

// Expects reports whether a process of the generation has sockets to take the place
// of: then it is not ready before it listens.
func (t *Table) Expects(generation int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.refused == nil && slices.ContainsFunc(t.groups, func(g *group) bool { return g.expected(generation) })
}

func (g *group) expected(generation int) bool {
	return slices.ContainsFunc(g.aimed, func(m *member) bool {
		return !m.kept && (m.Generation != generation || m.dead)
	})
}

// Await returns nil when the process listens wherever the generation that serves
// does. If it leaves some out, or is the first, it is ready when it has begun to
// listen and then nothing more for a while, which is patience or, for the first,
// a moment.
func (t *Table) Await(ctx context.Context, o Owner, patience time.Duration) error {
	for {
		wait, changed := t.ready(o, patience)
		if wait == 0 {
			return nil
		}
		var timer <-chan time.Time
		if wait > 0 {
			timer = time.After(wait)
		}
		select {
		case <-changed:
		case <-timer:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// ready returns how long to wait until the process is ready if nothing more
// happens; less than 0: for ever.
func (t *Table) ready(o Owner, patience time.Duration) (time.Duration, <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.signs[o]
	if s == nil {
		return -1, t.changed
	}
	missing, expected := 0, 0
	for _, g := range t.groups {
		if g.owned(o) {
			expected++
		} else if g.expected(o.Generation) {
			missing++
		}
	}
	switch {
	case missing > 0:
	case t.serving != 0 && expected > 0:
		return 0, t.changed
	default:
		patience = settle
	}
	return max(0, patience-time.Since(s.last)), t.changed
}

func (g *group) owned(o Owner) bool {
	return slices.ContainsFunc(g.members, func(m *member) bool { return m.Owner == o && !m.dead })
}
