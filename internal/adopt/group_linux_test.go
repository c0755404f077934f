package adopt

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// A ring is a group of real sockets at one address, each a generation of its own.
type ring struct {
	*testing.T
	group
	last int
}

func newRing(t *testing.T, steer func() steering) *ring {
	r := emptyRing(t, steer)
	r.join(netip.MustParseAddrPort("127.0.0.1:0"))
	r.addr = boundTo(r.members[0].fd)
	return r
}

func emptyRing(t *testing.T, steer func() steering) *ring {
	r := &ring{T: t}
	r.by = steer()
	t.Cleanup(func() {
		for _, m := range r.members {
			unix.Close(m.fd)
		}
		r.by.close()
	})
	return r
}

func (r *ring) join(at netip.AddrPort) {
	r.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err == nil {
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
	}
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrInet4{Addr: at.Addr().As4(), Port: int(at.Port())})
	}
	if err == nil {
		err = unix.Listen(fd, 16)
	}
	if err != nil {
		r.Fatal(err)
	}
	r.last++
	r.members = append(r.members, &member{Owner: Owner{r.last, r.last}, fd: fd, inode: inodeOf(fd)})
	if len(r.members) == 1 && r.by != nil {
		r.turn(r.last)
	}
}

func (r *ring) turn(generation int) {
	r.Helper()
	r.aim(generation)
	if err := r.direct(); err != nil {
		r.Fatal(err)
	}
	wantWay(r.T, &r.group)
}

// connects makes connections and wants each at a socket that is aimed at.
func (r *ring) connects(when string) {
	r.Helper()
	for range 4 {
		c, err := net.Dial("tcp", r.addr.String())
		if err != nil {
			r.Fatal(when, err)
		}
		defer c.Close()
		for i, m := range r.members {
			fd, _, err := unix.Accept(m.fd)
			if err != nil {
				continue
			}
			unix.Close(fd)
			if !slices.Contains(r.aimed, m) {
				aimed, _ := r.indices()
				r.Fatalf("%s: a connection went to number %d, aimed at are %v of %d", when, i, aimed, len(r.members))
			}
		}
	}
}

// Whatever comes and goes, in whatever order, the kernel's numbers are the ones
// that are known here, and no connection goes astray: not even between the moment
// that a socket leaves and the one that the program is told of it.
func TestGroupIsTheKernels(t *testing.T) {
	ways(t, func(t *testing.T, steer func() steering) {
		for seed := range uint64(20) {
			rng := rand.New(rand.NewPCG(seed, 1))
			r := newRing(t, steer)
			serving := r.last
			for range 60 {
				switch rng.IntN(3) {
				case 0:
					if len(r.members) < 6 {
						r.join(r.addr)
						r.connects("after a join")
					}
				case 1:
					serving = r.members[rng.IntN(len(r.members))].Generation
					r.turn(serving)
					r.connects("after a turn")
				case 2:
					for _, m := range r.members {
						m.dead = m.Generation != serving && (m.dead || rng.IntN(2) == 0)
					}
					r.sweep(serving)
				}
			}
		}
	})
}

func (r *ring) sweep(serving int) {
	for all := r.removable(serving); len(all) > 0; all = r.removable(serving) {
		if len(all) > 1 {
			for _, m := range all {
				guard(m.fd)
			}
		}
		for _, m := range all {
			unix.Close(m.fd)
		}
		r.remove(all)
		if len(all) == 1 { // else a client may have to ask again
			r.connects("between")
		}
		r.turn(serving)
		r.connects("after a removal")
	}
}

// Several sockets of one generation share its connections, and nobody else's.
func TestSeveralSockets(t *testing.T) {
	ways(t, func(t *testing.T, steer func() steering) {
		r := newRing(t, steer)
		for range 4 {
			r.join(r.addr)
		}
		for _, i := range []int{1, 3, 4} {
			r.members[i].Generation = 9
		}
		r.turn(9)
		got := map[int]int{}
		for range 60 {
			c, err := net.Dial("tcp", r.addr.String())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			for i, m := range r.members {
				if fd, _, err := unix.Accept(m.fd); err == nil {
					unix.Close(fd)
					got[i]++
				}
			}
		}
		if got[1] == 0 || got[3] == 0 || got[4] == 0 || got[1]+got[3]+got[4] != 60 {
			t.Errorf("connections by number: %v", got)
		}
	})
}

// A guarded socket turns away what comes by mistake; what it has goes on.
func TestGuard(t *testing.T) {
	r := newRing(t, func() steering { return classic{} })
	c, err := net.Dial("tcp", r.addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := guard(r.members[0].fd); err != nil {
		t.Fatal(err)
	}
	fd, _, err := unix.Accept(r.members[0].fd)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if _, err := c.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	unix.SetNonblock(fd, false)
	if n, err := unix.Read(fd, make([]byte, 2)); n != 1 {
		t.Errorf("an accepted connection does not go on: %d, %v", n, err)
	}
	d := net.Dialer{Timeout: 50e6}
	if c, err := d.Dial("tcp", r.addr.String()); err == nil {
		c.Close()
		t.Error("a new connection came through")
	}
}

// Who else is in the group, and where in its order, means nothing by eBPF; whatever
// comes and goes, nothing has to be told to the kernel again.
func TestStrangersInTheGroup(t *testing.T) {
	if err := SteeredByEBPF(); err != nil {
		t.Skip(err)
	}
	for seed := range uint64(10) {
		rng := rand.New(rand.NewPCG(seed, 2))
		r := newRing(t, steer)
		for range 3 {
			r.join(r.addr)
		}
		strangers := &ring{T: t}
		for range 2 {
			strangers.join(r.addr)
		}
		r.join(r.addr)
		r.turn(1 + rng.IntN(r.last))
		r.connects("with strangers")
		for len(r.members) > 1 || len(strangers.members) > 0 {
			all := &r.members
			if rng.IntN(2) == 0 || len(r.members) == 1 {
				all = &strangers.members
			}
			if len(*all) == 0 {
				continue
			}
			i := rng.IntN(len(*all))
			if m := (*all)[i]; !slices.Contains(r.aimed, m) {
				unix.Close(m.fd)
				*all = slices.Delete(*all, i, i+1)
				r.connects("after one has gone")
			}
		}
	}
}

func TestAim(t *testing.T) {
	a, b, c := &member{Owner: Owner{1, 1}}, &member{Owner: Owner{2, 2}}, &member{Owner: Owner{2, 3}}
	g := group{members: []*member{a, b, c}, by: classic{}}
	for _, step := range []struct {
		name       string
		do         func()
		generation int
		want       []*member
	}{
		{"the first", nil, 1, []*member{a}},
		{"a successor with two sockets", nil, 2, []*member{b, c}},
		{"one of them dies", func() { b.dead = true }, 2, []*member{c}},
		{"both are dead: what comes waits", func() { c.dead = true }, 2, []*member{b, c}},
		{"a successor that has none here", nil, 3, []*member{b, c}},
	} {
		if step.do != nil {
			step.do()
		}
		if g.aim(step.generation); !slices.Equal(g.aimed, step.want) {
			t.Errorf("%s: aimed at %v", step.name, g.aimed)
		}
	}
}

func TestOverlaps(t *testing.T) {
	at := func(s string) place { return place{addr: netip.MustParseAddrPort(s)} }
	only6 := at("[::]:80")
	only6.v6only = true
	for _, c := range []struct {
		a, b place
		want bool
	}{
		{at("127.0.0.1:80"), at("127.0.0.1:80"), true},
		{at("127.0.0.1:80"), at("127.0.0.1:81"), false},
		{at("127.0.0.1:80"), at("127.0.0.2:80"), false},
		{at("0.0.0.0:80"), at("127.0.0.2:80"), true},
		{at("[::]:80"), at("127.0.0.2:80"), true},
		{at("[::]:80"), at("0.0.0.0:80"), true},
		{only6, at("0.0.0.0:80"), false},
		{at("[::1]:80"), at("0.0.0.0:80"), false},
		{at("[::1]:80"), at("[::]:80"), true},
		{at("[::ffff:127.0.0.1]:80"), at("127.0.0.1:80"), true},
	} {
		if c.a.overlaps(c.b) != c.want || c.b.overlaps(c.a) != c.want {
			t.Errorf("%v and %v: want %v", c.a, c.b, c.want)
		}
	}
}
