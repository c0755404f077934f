package adopt

import (
	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"
)

// join goes on with the map that a socket of the group is in, be it that of another
// supervisor, and reports whether it was found.
func (a *array) join(g *group, cookie uint64) bool {
	at := cookies(a.sockets)
	if _, here := at[cookie]; !here {
		if len(a.slot) > 0 {
			return false // there are others in ours
		}
		theirs, found := mapWith(cookie)
		if theirs == nil {
			return false
		}
		a.close()
		a.sockets, a.programs, at = theirs, nil, found
	}
	for _, m := range g.members {
		own, err := unix.GetsockoptUint64(m.fd, unix.SOL_SOCKET, unix.SO_COOKIE)
		if slot, there := at[own]; err == nil && there {
			a.slot[m.inode] = slot
		}
	}
	return true
}

// mapWith looks through the maps of the machine; nil if it may not, or none has the socket.
func mapWith(cookie uint64) (sockets *ebpf.Map, at map[uint64]uint32) {
	for id, err := ebpf.MapGetNextID(0); err == nil; id, err = ebpf.MapGetNextID(id) {
		sockets, bad := ebpf.NewMapFromID(id)
		if bad != nil {
			continue // it is gone meanwhile
		}
		if sockets.Type() == ebpf.ReusePortSockArray && sockets.MaxEntries() == slots {
			at := cookies(sockets)
			if _, has := at[cookie]; has {
				return sockets, at
			}
		}
		sockets.Close()
	}
	return nil, nil
}

// cookies are the sockets of a map, with their slots.
func cookies(sockets *ebpf.Map) map[uint64]uint32 {
	all := map[uint64]uint32{}
	for slot := range uint32(slots) {
		var cookie uint64
		if sockets.Lookup(slot, &cookie) == nil {
			all[cookie] = slot
		}
	}
	return all
}
