package adopt

import (
	"slices"

	"golang.org/x/sys/unix"
)

// Known lists the sockets, those at one place in the kernel's order, and what the
// generation in service has bound that cannot be handed over.
func (t *Table) Known() (all []Known, others []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, g := range t.groups {
		for _, m := range g.members {
			if !m.dead {
				all = append(all, Known{m.Owner, m.inode, m.kept, g.path})
			}
		}
	}
	return all, slices.Clone(t.others[t.serving])
}

// Resume goes on with what survivors have bound under a table that was killed: their
// sockets are fetched from them. What that one knew is their order, as long as none
// is missing and none is there that it did not know; else it is not relied upon.
func (t *Table) Resume(serving int, trees []Survivor, known []Known, others []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.refused != nil {
		return
	}
	t.serving, t.deserted = serving, true
	if len(others) > 0 {
		t.others[serving] = slices.Clone(others)
	}
	found := bound(trees)
	sure := true
	for _, k := range known {
		f, ours := found[k.Inode]
		delete(found, k.Inode)
		if !ours { // of a supervisor before that one, whose processes still drain
			pid, _ := holderOf(k.Inode)
			f = boundAt{k.Owner, end{pid, descriptors(pid)[k.Inode]}}
		}
		sure = t.fetch(f, k, !ours) && sure
	}
	listens := listenersOf(found)
	for inode, f := range found {
		if listens[inode] && t.fetch(f, Known{Owner: f.Owner, Inode: inode}, false) {
			sure = false
		}
	}
	for _, s := range trees {
		t.trees[s.Owner] = s.Contains
	}
	for _, g := range t.groups {
		if !sure && len(g.members) > 1 {
			g.unsure = len(g.members)
		}
		g.aim(serving)
	}
}

// boundAt is a descriptor of a survivor.
type boundAt struct {
	Owner
	end
}

// bound are the sockets of survivors by inode.
func bound(trees []Survivor) map[uint64]boundAt {
	all := map[uint64]boundAt{}
	for _, s := range trees {
		for _, pid := range s.PIDs {
			for inode, number := range descriptors(pid) {
				all[inode] = boundAt{s.Owner, end{pid, number}}
			}
		}
	}
	return all
}

// listenersOf are those sockets of our network that listen, or take datagrams.
func listenersOf(found map[uint64]boundAt) map[uint64]bool {
	listens := map[uint64]bool{}
	for protocol, states := range map[uint8]uint32{unix.IPPROTO_TCP: listening, unix.IPPROTO_UDP: unconnected} {
		const anyPort = 0
		all, err := socketsOf(protocol, anyPort, states)
		if err != nil {
			continue
		}
		for _, s := range all {
			if _, ours := found[s.inode]; ours {
				listens[s.inode] = true
			}
		}
	}
	return listens
}

// fetch takes a socket from its process, and reports whether that could be done.
// Nobody but a table has had sockets of a service share their address.
func (t *Table) fetch(f boundAt, k Known, former bool) bool {
	if f.pid == 0 {
		return false
	}
	fd, err := socketOf(f.pid, f.number)
	if err != nil {
		return false
	}
	s := shapeOf(fd)
	known := s.stream() || s.datagram()
	if known {
		known = s.protocol != protocolMPTCP && option(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT) != 0
	}
	if inodeOf(fd) != k.Inode || !known && !(s.path() && k.Path != "") {
		unix.Close(fd)
		return false
	}
	// It may have been about to be stopped, and turn connections away.
	unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DETACH_FILTER, 0)
	t.enter(&member{Owner: k.Owner, inode: k.Inode, fd: fd, kept: k.Kept, former: former}, k.Path)
	return true
}
