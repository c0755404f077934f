package adopt

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"
)

// slots is how many sockets an array has room for: those of all versions of a service
// that run at a place. A slot takes eight bytes.
const slots = 1024

// array steers by eBPF: a program chooses a slot of a map that holds the sockets
// themselves (BPF_MAP_TYPE_REUSEPORT_SOCKARRAY). So it does not matter who else is in
// the group, and in which order. A socket that is closed leaves its slot by itself, and
// what waits in its queue is moved to where the program says. The kernel keeps program
// and map as long as the group has a socket, with or without us.
//
// A socket can be in one map alone. Whoever takes over from another supervisor goes on
// with the map of that one, which it finds by the socket; it takes CAP_SYS_ADMIN to look
// for it. Without, the group is steered by classic BPF once: that lets go of the map of
// a supervisor that was killed.
type array struct {
	sockets  *ebpf.Map
	slot     map[uint64]uint32 // of each socket that is known to be there, by inode
	programs []loaded          // those that were used last, the last one at the end
	fallen   bool              // not an eBPF program of ours is what the kernel has now
}

// loaded is a program in the kernel.
type loaded struct {
	choice choice
	*ebpf.Program
}

// spare is how many programs are kept: versions come and go, and their slots alternate.
// So in most handoffs nothing has to be loaded.
const spare = 2

var errRoom = fmt.Errorf("more than %d sockets share an address", slots)

// byEBPF tries once in the life of the process whether it may steer by eBPF.
var byEBPF = sync.OnceValue(func() error {
	a, err := makeArray()
	if err == nil {
		defer a.close()
		_, err = a.load(choice{others: []uint32{0}})
	}
	if errors.Is(err, unix.EPERM) { // the library would have it be a limit
		return fmt.Errorf("it takes CAP_BPF and CAP_NET_ADMIN: %w", unix.EPERM)
	}
	return err
})

// SteeredByEBPF returns nil if new connections are steered by eBPF, or else why they are
// steered by classic BPF. Other sockets in a group, or their order, then count.
func SteeredByEBPF() error { return byEBPF() }

func newArray() (*array, error) {
	if err := byEBPF(); err != nil {
		return nil, err
	}
	return makeArray()
}

func makeArray() (*array, error) {
	sockets, err := ebpf.NewMap(&ebpf.MapSpec{Name: "supervisor", Type: ebpf.ReusePortSockArray, KeySize: 4, ValueSize: 8, MaxEntries: slots})
	if err != nil {
		return nil, err
	}
	return &array{sockets: sockets, slot: map[uint64]uint32{}, fallen: true}, nil
}

func (a *array) ordered() bool { return a.fallen }

func (a *array) close() {
	a.sockets.Close()
	for _, p := range a.programs {
		p.Close()
	}
}

// direct falls back to a classic program, which is told the numbers, until the next time.
func (a *array) direct(g *group) error {
	err := a.steer(g)
	a.fallen = err != nil
	if a.fallen {
		return classic{}.direct(g)
	}
	return nil
}

func (a *array) steer(g *group) error {
	c := choice{udp: g.udp, share: g.share}
	for _, m := range g.aimed {
		slot, err := a.place(g, m)
		if err != nil {
			return err
		}
		if slices.Contains(g.tried, m) {
			c.some = append(c.some, slot)
		} else {
			c.others = append(c.others, slot)
		}
	}
	if g.tried == nil {
		c.share = 0
	} else {
		c.salt = uint32(g.tried[0].Generation)
	}
	for inode := range a.slot {
		if g.find(inode) == nil {
			delete(a.slot, inode)
		}
	}
	program, err := a.load(c)
	if err != nil {
		return err
	}
	return unix.SetsockoptInt(g.aimed[0].fd, unix.SOL_SOCKET, unix.SO_ATTACH_REUSEPORT_EBPF, program.FD())
}

// place returns the slot of a socket. One that has listened anew has lost its slot.
func (a *array) place(g *group, m *member) (slot uint32, err error) {
	cookie, err := unix.GetsockoptUint64(m.fd, unix.SOL_SOCKET, unix.SO_COOKIE)
	if err != nil {
		return 0, err
	}
	if slot, known := a.slot[m.inode]; known && a.at(slot) == cookie {
		return slot, nil
	}
	slot, err = a.put(m.fd)
	if errors.Is(err, unix.EBUSY) && a.join(g, cookie) {
		if slot, known := a.slot[m.inode]; known {
			return slot, nil
		}
		slot, err = a.put(m.fd)
	}
	if err == nil {
		a.slot[m.inode] = slot
	}
	return slot, err
}

// at is the cookie of the socket in a slot; 0: none is there.
func (a *array) at(slot uint32) (cookie uint64) {
	if a.sockets.Lookup(slot, &cookie) != nil {
		return 0
	}
	return cookie
}

// put takes the first slot that is free. Another supervisor may do the same.
func (a *array) put(fd int) (slot uint32, err error) {
	for slot := range uint32(slots) {
		if err := a.sockets.Update(slot, uint64(fd), ebpf.UpdateNoExist); !errors.Is(err, ebpf.ErrKeyExist) {
			return slot, err
		}
	}
	return 0, errRoom
}
