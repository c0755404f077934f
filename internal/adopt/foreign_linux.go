package adopt

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Unwrap makes it what a service would have met without us.
func (e *ForeignError) Unwrap() error { return unix.EADDRINUSE }

// Check looks for sockets that are none of the service's and would get a share of
// the connections of a generation. Its error is a *ForeignError if there is one.
func (t *Table) Check(generation int) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, g := range t.groups {
		for _, m := range g.members {
			if m.Generation != generation {
				continue
			}
			if err := t.alone(g); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// alone returns a *ForeignError if somebody else would get connections that are meant
// for the group, or shifts what the kernel was told.
func (t *Table) alone(g *group) error {
	among, beside := t.foreign(g.place)
	if beside == nil && g.ordered() {
		beside = among
	}
	return foreignError(beside)
}

// foreign finds sockets of somebody else: one among those that share the place, and one
// beside, which takes connections that are meant for it. If the kernel does not show its
// sockets, there is none.
func (t *Table) foreign(at place) (among, beside *diagSocket) {
	if at.path != "" {
		return nil, nil // a path is one socket's
	}
	protocol, state := uint8(unix.IPPROTO_TCP), uint32(listening)
	if at.udp {
		protocol, state = unix.IPPROTO_UDP, unconnected
	}
	all, err := socketsOf(protocol, at.addr.Port(), state)
	if err != nil {
		return nil, nil
	}
	for _, s := range all {
		s.udp = at.udp
		if _, ours := t.find(s.inode); ours != nil || !s.overlaps(at) {
			continue
		}
		if s.place == at {
			among = &s
		} else {
			beside = &s
		}
	}
	return among, beside
}

// foreignError is nil without a socket.
func foreignError(s *diagSocket) error {
	if s == nil {
		return nil
	}
	return foreignOf(s)
}

func foreignOf(s *diagSocket) *ForeignError {
	e := &ForeignError{Address: s.addr.String(), Inode: uint32(s.inode)}
	e.PID, e.Program = holderOf(s.inode)
	return e
}

// holderOf names a process that has the socket open.
func holderOf(inode uint64) (pid int, program string) {
	for _, pid := range processes(func(pid int) bool { return pid != os.Getpid() }) {
		if _, has := descriptors(pid)[inode]; has {
			comm, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/comm")
			return pid, strings.TrimSpace(string(comm))
		}
	}
	return 0, ""
}
