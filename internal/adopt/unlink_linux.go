package adopt

import (
	"path"

	"golang.org/x/sys/unix"
)

// callMore answers the calls that remove names.
func (f follower) callMore(c call, who caller) error {
	switch {
	case c.number == callUnlink:
		return f.unlink(c, who, unix.AT_FDCWD, c.args[0])
	case c.number == unix.SYS_UNLINKAT && c.args[2]&unix.AT_REMOVEDIR == 0:
		return f.unlink(c, who, int(int32(c.args[0])), c.args[1])
	}
	f.proceed(c)
	return nil
}

// unlink lets a process believe that it has removed a path at which a socket of the
// service is: before the next version binds it, or when the former one ends, clients
// need it. When it is the last one that ends, the table removes it.
func (f follower) unlink(c call, who caller, dir int, at uint64) error {
	if !f.t.hasPaths() {
		f.proceed(c)
		return nil
	}
	name, err := who.pathAt(at)
	if err != nil || !f.t.knows(path.Base(name)) || !f.waits(c) {
		f.proceed(c)
		return nil
	}
	s, err := who.spot(name, dir)
	if err != nil {
		f.proceed(c)
		return nil
	}
	defer s.close()
	if f.t.keeps(f.tree.Owner, s) {
		f.reply(c, nil)
	} else {
		f.proceed(c)
	}
	return nil
}

func (t *Table) hasPaths() bool { return t.knows("") }

// knows reports whether a path with the base is a socket's; "": any.
func (t *Table) knows(base string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, g := range t.groups {
		if g.path != "" && !g.isAbstract() && (base == "" || g.base() == base) {
			return true
		}
	}
	return false
}

// keeps reports whether a path must stay, and notes that its owner has no need of it.
func (t *Table) keeps(o Owner, s spot) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	g := t.at(place{path: s.path})
	if g == nil {
		return false
	}
	there := fileAt(g.dir, s.base)
	m := g.named(there)
	if m != nil && m.kept || m == nil && !(t.yielded && there != file{}) {
		return false
	}
	for _, m := range g.members {
		m.unlinked = m.unlinked || m.Owner == o
	}
	return true
}
