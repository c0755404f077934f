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
			if err := t.alone(g.place); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// alone returns a *ForeignError if somebody else listens at the place. If the
// kernel does not show its sockets, nobody does.
func (t *Table) alone(at place) error {
	if at.path != "" {
		return nil // a path is one socket's
	}
	protocol, state := uint8(unix.IPPROTO_TCP), uint32(listening)
	if at.udp {
		protocol, state = unix.IPPROTO_UDP, unconnected
	}
	all, err := socketsOf(protocol, at.addr.Port(), state)
	if err != nil {
		return nil
	}
	for _, s := range all {
		s.udp = at.udp
		if _, ours := t.find(s.inode); ours != nil || !s.overlaps(at) {
			continue
		}
		foreign := &ForeignError{Address: s.addr.String(), Inode: uint32(s.inode)}
		foreign.PID, foreign.Program = holderOf(s.inode)
		return foreign
	}
	return nil
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
