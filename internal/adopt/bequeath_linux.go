package adopt

import (
	"fmt"
	"slices"

	"golang.org/x/sys/unix"
)

// Two tables of two processes may hold the same sockets while one supervisor takes
// over from another. What each of them knows of the kernel's order stays right, as
// long as neither takes a socket of the other's out:
//
//	old table  ──Bequeath──▶ frozen ──Yield──▶ directs nothing ever again
//	                            └────Reclaim──▶ as before
//	new table  ──Inherit──▶ its own join behind the others ──Steer──▶ gets all new
//	                            └────Withdraw──▶ what served before does again
//
// What was inherited is closed when it is deserted: the processes that had it are
// gone, and the old table with them.

// Bequeath returns what there is to leave. Until Reclaim the table directs nothing.
func (t *Table) Bequeath() (e Estate, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e.Serving, e.Others = t.serving, slices.Clone(t.others[t.serving])
	for _, g := range t.groups {
		for _, m := range g.members {
			fd, err := unix.FcntlInt(uintptr(m.fd), unix.F_DUPFD_CLOEXEC, 0)
			if err != nil {
				e.Close()
				return Estate{}, fmt.Errorf("cannot duplicate a socket at %s: %w", g.place, err)
			}
			e.Sockets = append(e.Sockets, Left{m.Owner, m.kept, g.path, fd})
		}
	}
	t.frozen = true
	return e, nil
}

// Close closes the descriptors.
func (e Estate) Close() {
	for _, l := range e.Sockets {
		unix.Close(l.FD)
	}
}

// Reclaim says that nobody has taken over: new connections go where they went.
func (t *Table) Reclaim() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.frozen = false
	t.redirect()
	t.sweep()
}

// Yield says that another table has taken over. All that is left to do is to wait
// until the processes here are done with what they have.
func (t *Table) Yield() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.frozen, t.yielded = true, true
}

// Inherit takes what another table has left, which goes on directing until Steer.
func (t *Table) Inherit(e Estate) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.serving, t.before = e.Serving, e.Serving
	if len(e.Others) > 0 {
		t.others[e.Serving] = slices.Clone(e.Others)
	}
	for _, l := range e.Sockets {
		t.enter(&member{Owner: l.Owner, inode: inodeOf(l.FD), fd: l.FD, kept: l.Kept, former: true}, l.Path)
	}
	for _, g := range t.groups {
		t.aim(g)
	}
}

// enter puts a socket that listens behind those at its place. It takes m.fd.
func (t *Table) enter(m *member, path string) {
	if path != "" {
		t.restore(m, path)
		return
	}
	addr := boundTo(m.fd)
	if !addr.IsValid() || addr.Port() == 0 {
		unix.Close(m.fd)
		return
	}
	at := shapeOf(m.fd).placed(m.fd, addr)
	g := t.at(at)
	if g == nil {
		g = t.add(at)
	}
	g.members = append(g.members, m)
}

// Withdraw undoes Steer as long as the table that left is there to go on.
func (t *Table) Withdraw() error { return t.Steer(t.before) }

// Deserted says that the table which left what was inherited is gone.
func (t *Table) Deserted() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.deserted = true
	t.redirect()
	t.sweep()
	t.watchPaths()
}

// desert finds out what was inherited and belongs to no process any more. What one
// still has, a killed supervisor's, keeps its number.
func (t *Table) desert() {
	if !t.deserted {
		return
	}
	for _, g := range t.groups {
		for _, m := range g.members {
			if m.former && !m.dead && !m.kept {
				pid, _ := holderOf(m.inode)
				m.dead = pid == 0
			}
		}
	}
}

// redirect aims anew, for the generation in service.
func (t *Table) redirect() {
	for _, g := range t.groups {
		t.aim(g)
		t.direct(g)
	}
}

// direct has the kernel follow the aim, if that is for this table to do.
func (t *Table) direct(g *group) error {
	if t.frozen {
		return nil
	}
	return g.direct()
}
