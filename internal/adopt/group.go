package adopt

import (
	"net/netip"
	"slices"
	"strings"
)

// place is what sockets must have in common to share connections.
type place struct {
	udp    bool
	addr   netip.AddrPort
	v6only bool
	device int // interface that it is bound to; 0: none
	// path is that of a unix socket, as we see it, or @ and an abstract name; the rest
	// is zero then.
	path string
}

// file is what identifies a file.
type file struct{ device, inode uint64 }

// member is a socket that listens, of which a duplicate is held.
type member struct {
	Owner
	inode  uint64
	fd     int
	dead   bool // no process has it any more
	kept   bool // the service left it for its next generations
	former bool // it was inherited from another table

	// Of a unix socket with a path:
	file     file     // which one it has made
	hidden   string   // what that is called now, beside the path; "": it is at the path
	since    [2]int64 // the last change of the path's file when this one was hidden
	unlinked bool     // a process that had it has removed the path, as far as it knows
}

// group is what the kernel keeps of a place: its sockets in an order that decides
// which of them the number given by a program means. One that joins comes last; the
// last one takes the place of one that leaves (net/core/sock_reuseport.c). A socket
// leaves when its last descriptor is closed, so as long as a duplicate is held the
// order is known here.
//
//	         join                 aim                 aim at a successor
//	(bound) ──────▶ waits, none ───────▶ gets all new ──────────────────▶ gets none
//	                 is given it          connections                          │
//	                     │                 │      ▲                            │
//	                     │    process gone │      │ a process                  │ process gone,
//	                     │                 ▼      │ binds again                │ removable
//	                     │                orphan: connections                  ▼
//	                     └──────────────▶  wait in its queue ──────────────▶ closed
//
// Of a path there is no order: the file of the one that is aimed at is there, those of
// the others are hidden beside it.
type group struct {
	place
	dir     int      // of a path, open
	mend    *mending // of a path that a former process may remove; nil: none does
	members []*member
	aimed   []*member // those that new connections go to
	tried   []*member // those of aimed that get a share alone; nil: all are alike
	share   int       // in percent of the senders; see sharer
	unsure  int       // so many at the front are there in an order that is not known
	by      steering  // nil of a path
}

// aim directs new connections to the generation's sockets. As long as it has none
// here they go where they went.
func (g *group) aim(generation int) {
	g.aimed = filter(g.aimed, func(m *member) bool { return !slices.Contains(g.tried, m) })
	g.tried = nil
	choices := []func(*member) bool{
		func(m *member) bool { return m.Generation == generation && !m.dead },
		func(m *member) bool { return m.Generation == generation },
		func(m *member) bool { return slices.Contains(g.aimed, m) },
		func(m *member) bool { return !m.dead },
	}
	for _, choice := range choices {
		if chosen := filter(g.members, choice); len(chosen) > 0 {
			if g.path != "" {
				chosen = onePath(chosen)
			}
			g.aimed = chosen
			return
		}
	}
	g.aimed = nil
}

// onePath chooses which socket is at the path: rather the one that is there.
func onePath(all []*member) []*member {
	i := slices.IndexFunc(all, func(m *member) bool { return m.hidden == "" })
	i = max(i, 0)
	return all[i : i+1]
}

// indices are the numbers of the sockets that are aimed at. Among those of unknown
// order they are known only if all of them are meant; else ok is false.
func (g *group) indices() (all []int, ok bool) {
	ok = true
	for i, m := range g.members {
		if slices.Contains(g.aimed, m) {
			all = append(all, i)
			ok = ok && i >= g.unsure
		}
	}
	return all, ok || len(all) == len(g.members)
}

// removable returns sockets that nobody needs and that can leave without a
// connection going astray; generation is the one that serves, whose orphans wait
// for their next process. The program cannot be changed in the same instant as the
// order, so the numbers that it gives must mean the same before and after: the last
// one is not aimed at, or leaves itself; or else whatever remains is aimed at, for
// a number that means nothing makes the kernel choose any. Those of unknown order
// leave together, when all that remains is aimed at: then its order does not matter. So
// do several of TCP of which none can leave alone: a client whose SYN is turned away in
// that moment sends it again. A datagram would not be. All this is of numbers: with
// none, whichever nobody needs can leave.
func (g *group) removable(generation int) []*member {
	last := len(g.members) - 1
	strange := func(m *member) bool { return !slices.Contains(g.aimed, m) }
	needless := func(m *member) bool { return m.dead && !m.kept && m.Generation != generation }
	for i, m := range g.members {
		if needless(m) && !g.ordered() {
			return []*member{m}
		}
		if i < g.unsure || !needless(m) {
			continue
		}
		rest := slices.Delete(slices.Clone(g.members), i, i+1)
		if i == last || strange(g.members[last]) || !slices.ContainsFunc(rest, strange) {
			return []*member{m}
		}
	}
	needed := func(m *member) bool { return !needless(m) }
	if g.unsure == 0 && !g.tcp() || slices.ContainsFunc(filter(g.members, needed), strange) {
		return nil
	}
	return filter(g.members, needless)
}

// remove follows what the kernel does when these leave, one after the other.
func (g *group) remove(all []*member) {
	for _, gone := range all {
		index, last := slices.Index(g.members, gone), len(g.members)-1
		unknown := index < g.unsure
		g.members[index] = g.members[last]
		g.members = g.members[:last]
		if unknown {
			g.unsure = len(g.members)
		}
	}
	if len(g.members) < 2 {
		g.unsure = 0
	}
	g.aimed = filter(g.aimed, func(m *member) bool { return !slices.Contains(all, m) })
}

func (g *group) find(inode uint64) *member {
	for _, m := range g.members {
		if m.inode == inode {
			return m
		}
	}
	return nil
}

// overlaps reports whether a socket at the one place can take connections that are
// meant for the other.
func (p place) overlaps(o place) bool {
	a, b := p.addr.Addr(), o.addr.Addr()
	switch {
	case p.path != "" || o.path != "":
		return p.path == o.path
	case p.udp != o.udp, p.addr.Port() != o.addr.Port(), p.device != 0 && o.device != 0 && p.device != o.device:
		return false
	case a.Is4() == b.Is4():
		return a == b || a.IsUnspecified() || b.IsUnspecified()
	case a.Is4():
		return o.takes4() && (b.IsUnspecified() || b.Unmap() == a || a.IsUnspecified())
	}
	return p.takes4() && (a.IsUnspecified() || a.Unmap() == b || b.IsUnspecified())
}

func (p place) network() string {
	switch {
	case p.path != "":
		return "unix"
	case p.udp:
		return "udp"
	}
	return "tcp"
}

func (p place) String() string {
	if p.path != "" {
		return p.path
	}
	return p.addr.String()
}

// tcp reports whether it is neither of UDP nor a unix socket.
func (p place) tcp() bool { return !p.udp && p.path == "" }

// isAbstract reports whether it is a name that is in no directory.
func (p place) isAbstract() bool { return strings.HasPrefix(p.path, "@") }

// takes4: an IPv6 socket on all addresses, or on a mapped one, takes IPv4, too.
func (p place) takes4() bool {
	return !p.v6only && (p.addr.Addr().IsUnspecified() || p.addr.Addr().Is4In6())
}

func filter(all []*member, keep func(*member) bool) (kept []*member) {
	for _, m := range all {
		if keep(m) {
			kept = append(kept, m)
		}
	}
	return kept
}
