package adopt

import (
	"errors"
	"slices"
	"strings"
	"sync"
)

// Table keeps the sockets that the generations of one service have bound, and
// directs new connections to one of them. Processes, each with its reports, and
// whoever decides which generation serves use it at the same time: the lock is
// held for a few system calls, never while anything is waited for.
type Table struct {
	tell    func(Notice)
	network uint64 // ours
	steer   func() steering

	mu      sync.Mutex
	groups  []*group
	serving int // the generation that new connections are to go to
	trial   trial
	trees   map[Owner]func(pid int) bool
	signs   map[Owner]*sign
	others  map[int][]string    // what a generation has bound that cannot be handed over
	named   map[uint64]*binding // unix sockets that are bound and do not listen yet, by inode
	changed chan struct{}       // closed when a process has begun to listen
	refused error               // why nothing can be adopted
	loose   map[Owner]bool      // those whose calls of unlink do not wait
	jobs    sync.WaitGroup

	frozen, yielded bool // another table is about to take over, or has
	before          int  // the generation that served when this table inherited
	deserted        bool // nobody else holds what was inherited
}

// NewTable returns an empty table, which is Refused where nothing can be adopted.
// What happens is told to tell from the goroutines that follow processes.
func NewTable(tell func(Notice)) *Table {
	return &Table{
		tell: tell, network: ourNetwork(), steer: steer, trees: map[Owner]func(int) bool{}, loose: map[Owner]bool{}, signs: map[Owner]*sign{},
		others: map[int][]string{}, named: map[uint64]*binding{}, changed: make(chan struct{}),
		refused: Supported(),
	}
}

// Refuse says why nothing can be adopted. The table has no effect from then on.
func (t *Table) Refuse(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refused = &UnsupportedError{Err: err}
}

// Refused returns the *UnsupportedError that Refuse has led to.
func (t *Table) Refused() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.refused
}

// Overlaps reports whether another generation can start beside the one that serves:
// it listens somewhere, and all that it has bound can be handed over.
func (t *Table) Overlaps() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.refused == nil && len(t.others[t.serving]) == 0 && slices.ContainsFunc(t.groups, (*group).served)
}

// Obstacle says why what the generation in service has bound cannot be handed over;
// nil if it can, or has bound nothing. It is an *UnsupportedError.
func (t *Table) Obstacle() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if others := t.others[t.serving]; t.refused == nil && len(others) > 0 {
		return &UnsupportedError{Err: errors.New(strings.Join(others, ", ")), Held: true}
	}
	return t.refused
}

// Paths reports whether the service has bound paths of unix(7), or the version before
// has. Their handoff is exact if unlink waits for answers, too (Tree.Loose).
func (t *Table) Paths() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.ContainsFunc(t.groups, func(g *group) bool { return g.path != "" && !g.isAbstract() && g.served() })
}

// served: somebody other than the service's own handoff looks after the place.
func (g *group) served() bool {
	return slices.ContainsFunc(g.aimed, func(m *member) bool { return !m.kept })
}

// Learnt lists where the service listens.
func (t *Table) Learnt() (all []Learnt) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, g := range t.groups {
		if g.served() {
			all = append(all, Learnt{g.network(), g.String()})
		}
	}
	return all
}

// Keep says that the service has left these sockets for its next generations
// (FDSTORE=1): it hands them over by itself, and they outlive who bound them.
func (t *Table) Keep(fds []int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, fd := range fds {
		if _, m := t.find(inodeOf(fd)); m != nil {
			m.kept = true
		}
	}
}

// Steer sends new connections to the sockets of a generation, wherever it has some.
// What is under way stays where it is.
func (t *Table) Steer(generation int) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.serving, t.trial = generation, trial{}
	var failed []error
	for _, g := range t.groups {
		t.aim(g)
		failed = append(failed, t.direct(g))
	}
	t.sweep()
	t.watchPaths()
	for n := range t.others {
		if n < generation && !t.runs(n) {
			delete(t.others, n)
		}
	}
	return errors.Join(failed...)
}

// runs reports whether a process of the generation is left.
func (t *Table) runs(generation int) bool {
	for o := range t.trees {
		if o.Generation == generation {
			return true
		}
	}
	return false
}

// Gone says that nothing is left of a process tree. What it had in service waits,
// with its queue, for the next process that binds there.
func (t *Table) Gone(o Owner) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.trees, o)
	delete(t.signs, o)
	delete(t.loose, o)
	for _, g := range t.groups {
		for _, m := range g.members {
			m.dead = m.dead || m.Owner == o && !m.kept
		}
	}
	for inode, b := range t.named {
		if b.Owner == o {
			t.drop(inode, b)
		}
	}
	t.redirect()
	t.sweep()
	t.watchPaths()
}

// Close lets go of everything.
func (t *Table) Close() {
	defer t.jobs.Wait()
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, g := range t.groups {
		for _, m := range g.members {
			t.let(g, m)
		}
		g.close()
	}
	for inode, b := range t.named {
		t.drop(inode, b)
	}
	t.groups = nil
}

// sweep closes what can be closed, and forgets what is gone with it. Whoever else is
// in a group would be moved by that without our knowing: where the order counts it has to
// wait.
func (t *Table) sweep() {
	if t.frozen {
		return
	}
	t.desert()
	for _, g := range t.groups {
		if g.tried != nil && g.ordered() {
			continue // numbers that move would send clients to another generation
		}
		for all := g.removable(t.serving); len(all) > 0; all = g.removable(t.serving) {
			among, beside := t.foreign(g.place)
			if g.ordered() && (among != nil || beside != nil) {
				break
			}
			if len(all) > 1 && g.tcp() {
				for _, m := range all {
					guard(m.fd) // for the moment in which it may be chosen
				}
			}
			for _, m := range all {
				t.let(g, m)
			}
			g.remove(all)
			if among != nil {
				g.unsure = len(g.members)
			}
			t.aim(g)
			g.direct()
		}
	}
	t.groups = slices.DeleteFunc(t.groups, func(g *group) bool {
		if len(g.members) == 0 {
			g.close()
		}
		return len(g.members) == 0
	})
}

func (t *Table) find(inode uint64) (*group, *member) {
	for _, g := range t.groups {
		if m := g.find(inode); m != nil {
			return g, m
		}
	}
	return nil, nil
}

// add makes the group of a place of the internet.
func (t *Table) add(p place) *group {
	g := &group{place: p, by: t.steer()}
	t.groups = append(t.groups, g)
	return g
}

func (t *Table) at(p place) *group {
	for _, g := range t.groups {
		if g.place == p {
			return g
		}
	}
	return nil
}
