package adopt

import (
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"
)

// ways runs a test by classic BPF, and by eBPF where the kernel lets us.
func ways(t *testing.T, test func(t *testing.T, steer func() steering)) {
	t.Run("classic", func(t *testing.T) {
		test(t, func() steering { return classic{} })
	})
	t.Run("eBPF", func(t *testing.T) {
		if err := SteeredByEBPF(); err != nil {
			t.Skip(err)
		}
		test(t, func() steering {
			a, err := newArray()
			if err != nil {
				t.Fatal(err)
			}
			return a
		})
	})
}

// wantWay wants what was meant for a group to be what the kernel was told.
func wantWay(t *testing.T, g *group) {
	t.Helper()
	if a, meant := g.by.(*array); meant && a.fallen {
		t.Error("it is steered by classic BPF")
	}
}

// A socket that is in somebody's map, which cannot be found, is steered to by its number;
// when that map is gone, by eBPF again.
func TestInAnotherMap(t *testing.T) {
	if err := SteeredByEBPF(); err != nil {
		t.Skip(err)
	}
	r := emptyRing(t, func() steering { return classic{} })
	r.join(netip.MustParseAddrPort("127.0.0.1:0"))
	r.addr = boundTo(r.members[0].fd)
	r.join(r.addr)
	other, err := ebpf.NewMap(&ebpf.MapSpec{Type: ebpf.ReusePortSockArray, KeySize: 4, ValueSize: 8, MaxEntries: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := other.Put(uint32(0), uint64(r.members[1].fd)); err != nil {
		t.Fatal(err)
	}
	r.by = steer()
	r.aim(2)
	if err := r.direct(); err != nil {
		t.Fatal(err)
	}
	if !r.ordered() {
		t.Error("it is in two maps")
	}
	r.connects("by its number")
	other.Close()
	for deadline := time.Now().Add(patience); r.ordered() && time.Now().Before(deadline); {
		if err := r.direct(); err != nil { // the kernel lets go of a map a little later
			t.Fatal(err)
		}
	}
	wantWay(t, &r.group)
	r.connects("by its slot")
}

// One that was shut down, and listens anew, has lost its slot, and gets one.
func TestListensAnew(t *testing.T) {
	ways(t, func(t *testing.T, steer func() steering) {
		r := newRing(t, steer)
		r.join(r.addr)
		r.turn(2)
		fd := r.members[1].fd
		if err := errors.Join(unix.Shutdown(fd, unix.SHUT_RD), unix.Listen(fd, 16)); err != nil {
			t.Fatal(err)
		}
		r.turn(2)
		r.connects("when it listens anew")
	})
}

// Of several sockets that get connections the rest goes on when one is gone.
func TestOneOfSeveralIsGone(t *testing.T) {
	if err := SteeredByEBPF(); err != nil {
		t.Skip(err)
	}
	r := newRing(t, steer)
	for range 4 {
		r.join(r.addr)
	}
	for _, m := range r.members[:3] {
		m.Generation = 9
	}
	r.turn(9)
	unix.Close(r.members[1].fd)
	r.members = slices.Delete(r.members, 1, 2)
	for range 10 {
		r.connects("without one of them")
	}
}

// BenchmarkFlip is what sending new connections to another version takes; loaded: when
// the program is not in the kernel yet.
func BenchmarkFlip(b *testing.B) {
	for name, steer := range map[string]func() steering{"classic": func() steering { return classic{} }, "eBPF": steer} {
		for _, loads := range []bool{false, true} {
			if loads && name == "classic" {
				continue // it always is
			}
			b.Run(name+map[bool]string{true: " loaded"}[loads], func(b *testing.B) {
				r := flipRing(b, steer)
				for n := 0; b.Loop(); n++ {
					if a, ok := r.by.(*array); ok && loads {
						for _, p := range a.programs {
							p.Close()
						}
						a.programs = nil
					}
					r.aim(1 + n%2)
					if err := r.direct(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func flipRing(b *testing.B, steer func() steering) *group {
	g := &group{by: steer()}
	at := &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
	for n := range 2 {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err == nil {
			err = errors.Join(unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1), unix.Bind(fd, at), unix.Listen(fd, 16))
		}
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { unix.Close(fd) })
		at.Port = int(boundTo(fd).Port())
		g.members = append(g.members, &member{Owner: Owner{n + 1, n + 1}, fd: fd, inode: inodeOf(fd)})
	}
	b.Cleanup(g.by.close)
	return g
}
