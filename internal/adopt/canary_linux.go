package adopt

import (
	"errors"
	"fmt"
	"slices"
)

// trial is a generation that gets a share of the new connections.
type trial struct{ generation, share int }

// Try sends new connections to the sockets of the generation serving, but those of a
// share of all senders, in percent, to another one's. Which senders those are depends
// on their addresses alone: a client meets the same generation each time, until Steer
// or another Try. Where the other one has no socket it gets none; where serving has
// none it gets all.
func (t *Table) Try(serving, generation, share int) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.serving, t.trial = serving, trial{generation, share}
	var failed []error
	for _, g := range t.groups {
		t.aim(g)
		if g.path != "" {
			failed = append(failed, fmt.Errorf("cannot send a share of the connections to %s: clients of a unix socket cannot be told apart; all go on as they do", g.place))
		}
		failed = append(failed, t.direct(g))
		if _, ok := g.indices(); g.tried != nil && !ok && g.ordered() {
			failed = append(failed, fmt.Errorf("cannot send a share of the connections to %s: the order of the sockets there is not known, since another supervisor was killed; all go on as they do", g.place))
		}
	}
	return errors.Join(failed...)
}

// aim directs new connections as they are to be.
func (t *Table) aim(g *group) {
	g.aim(t.serving)
	if t.trial.generation != 0 {
		g.try(t.trial)
	}
}

// try adds the sockets of a generation that gets a share.
func (g *group) try(t trial) {
	if g.path != "" {
		return
	}
	g.tried = filter(g.members, func(m *member) bool {
		return m.Generation == t.generation && !m.dead && !slices.Contains(g.aimed, m)
	})
	g.share = t.share
	g.aimed = append(slices.Clip(g.aimed), g.tried...)
}

// sharer is the program for a group in which some are tried.
func (g *group) sharer() []instruction {
	var some, others []int
	for i, m := range g.members {
		switch {
		case slices.Contains(g.tried, m):
			some = append(some, i)
		case slices.Contains(g.aimed, m):
			others = append(others, i)
		}
	}
	return sharer(g.share, uint32(g.tried[0].Generation), some, others)
}
