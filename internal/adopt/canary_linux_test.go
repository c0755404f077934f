package adopt

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os/exec"
	"slices"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// bucket is the number from 0 to 99 that the program finds for a sender.
func bucket(salt uint32, from netip.Addr) int {
	from = from.Unmap()
	a := salt
	for b := from.AsSlice(); len(b) > 0; b = b[4:] {
		a ^= uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
		a *= spread1
		a ^= a >> 15
		a *= spread2
		a ^= a >> 13
	}
	return int(a % 100)
}

// senders are n addresses of the prefix.
func senders(prefix string, n int) (all []netip.Addr) {
	base := netip.MustParsePrefix(prefix).Addr().AsSlice()
	for i := range n {
		b := slices.Clone(base)
		binary.BigEndian.PutUint16(b[len(b)-2:], uint16(257+i*7))
		from, _ := netip.AddrFromSlice(b)
		all = append(all, from)
	}
	return all
}

// Of many senders the share in percent is met, whatever the salt, and another salt
// chooses others.
func TestBucket(t *testing.T) {
	for _, prefix := range []string{"10.0.0.0/16", "2001:db8::/64"} {
		all := senders(prefix, 5000)
		for salt := range uint32(20) {
			chosen, both := 0, 0
			for _, from := range all {
				if bucket(salt, from) < 10 {
					chosen++
					if bucket(salt+1, from) < 10 {
						both++
					}
				}
			}
			if chosen < 400 || chosen > 600 || both > 150 {
				t.Errorf("%s, salt %d: %d of %d senders are chosen, %d of those again", prefix, salt, chosen, len(all), both)
			}
		}
	}
}

// on listens in the group, as a generation of its own.
func (r *ring) on(domain int, at unix.Sockaddr) {
	r.Helper()
	fd, err := unix.Socket(domain, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err == nil {
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
	}
	if err == nil {
		err = unix.Bind(fd, at)
	}
	if err == nil {
		err = unix.Listen(fd, 512)
	}
	if err != nil {
		r.Fatal(err)
	}
	r.last++
	r.members = append(r.members, &member{Owner: Owner{r.last, r.last}, fd: fd, inode: inodeOf(fd)})
	r.addr = boundTo(fd)
}

// met is the generation that a connection from there comes to.
func (r *ring) met(from netip.Addr, to string) int {
	r.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: from.AsSlice()}, Timeout: 10 * time.Second, Control: anySource}
	c, err := d.Dial("tcp", to)
	if err != nil {
		r.Fatal(err)
	}
	defer c.Close()
	var ready []unix.PollFd
	for _, m := range r.members {
		ready = append(ready, unix.PollFd{Fd: int32(m.fd), Events: unix.POLLIN})
	}
	if n, err := unix.Poll(ready, 10_000); n == 0 || err != nil {
		r.Fatalf("the connection is nowhere: %v", err)
	}
	found := 0
	for _, m := range r.members {
		if fd, _, err := unix.Accept(m.fd); err == nil {
			unix.Close(fd)
			found = m.Generation
		}
	}
	return found
}

// anySource lets a client of IPv6 have an address that is not on an interface.
func anySource(network, _ string, c syscall.RawConn) error {
	if network != "tcp6" {
		return nil
	}
	return c.Control(func(fd uintptr) { unix.SetsockoptInt(int(fd), unix.SOL_IPV6, unix.IPV6_FREEBIND, 1) })
}

// table is one that has the ring as its only group.
func (r *ring) table() *Table {
	return &Table{groups: []*group{&r.group}, others: map[int][]string{}, trees: map[Owner]func(int) bool{}}
}

// A share of all senders meets the new generation, each of them each time; the others
// meet the old one; and a flip sends all of them to either.
func TestTry(t *testing.T) {
	ways(t, func(t *testing.T, steer func() steering) {
		any6 := &unix.SockaddrInet6{}
		for _, c := range []struct {
			name, from, to string
			domain         int
			at             unix.Sockaddr
		}{
			{"IPv4", "127.0.0.0/8", "127.0.0.1", unix.AF_INET, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}},
			{"dual stack", "127.0.0.0/8", "127.0.0.1", unix.AF_INET6, any6},
			{"IPv6", "fd00:c0de::/64", "::1", unix.AF_INET6, any6},
		} {
			t.Run(c.name, func(t *testing.T) {
				if c.name == "IPv6" {
					ownAddresses(t, c.from)
				}
				r := emptyRing(t, steer)
				for range 3 {
					r.on(c.domain, c.at)
					switch at := c.at.(type) {
					case *unix.SockaddrInet4:
						at.Port = int(r.addr.Port())
					case *unix.SockaddrInet6:
						at.Port = int(r.addr.Port())
					}
				}
				tab, to := r.table(), netip.AddrPortFrom(netip.MustParseAddr(c.to), r.addr.Port()).String()
				const share = 25
				all, chosen := senders(c.from, 200), 0
				for range 2 {
					if err := tab.Try(2, 3, share); err != nil {
						t.Fatal(err)
					}
					chosen = 0
					for _, from := range all {
						want := 2
						if bucket(3, from) < share {
							want = 3
							chosen++
						}
						for range 2 {
							if got := r.met(from, to); got != want {
								t.Fatalf("%v met generation %d, want %d", from, got, want)
							}
						}
					}
					for _, all3 := range []int{2, 3} {
						if err := tab.Steer(all3); err != nil {
							t.Fatal(err)
						}
						for _, from := range all[:50] {
							if got := r.met(from, to); got != all3 {
								t.Fatalf("after the flip %v met generation %d, want %d", from, got, all3)
							}
						}
					}
				}
				if chosen < 20 || chosen > 80 {
					t.Errorf("%d of %d senders are a quarter", chosen, len(all))
				}
			})
		}
	})
}

// ownAddresses makes a prefix one of this host, for the time of the test.
func ownAddresses(t *testing.T, prefix string) {
	t.Helper()
	ip := func(verb string) error {
		return exec.CommandContext(context.WithoutCancel(t.Context()), "ip", "-6", "route", verb, "local", prefix, "dev", "lo").Run()
	}
	if err := ip("add"); err != nil {
		t.Skipf("cannot add addresses: %v", err)
	}
	t.Cleanup(func() { ip("del") })
}

// Whoever crashes during its trial gets nothing more, and what is at the end of the
// group does not move while some are tried.
func TestTriedIsGone(t *testing.T) {
	ways(t, func(t *testing.T, steer func() steering) {
		r := newRing(t, steer)
		r.join(r.addr)
		r.join(r.addr)
		tab := r.table()
		tab.Steer(2)
		if err := tab.Try(2, 3, 50); err != nil {
			t.Fatal(err)
		}
		met := map[int]int{}
		all := senders("127.0.0.0/8", 60)
		for _, from := range all {
			met[r.met(from, r.addr.String())]++
		}
		if met[2] == 0 || met[3] == 0 || met[2]+met[3] != len(all) {
			t.Errorf("connections by generation: %v", met)
		}
		tab.Gone(Owner{1, 1})
		want := 3
		if !r.ordered() {
			want = 2 // no number means another one then
		}
		if len(r.members) != want {
			t.Errorf("%d sockets are left during the trial", len(r.members))
		}
		tab.Gone(Owner{3, 3})
		for _, from := range all {
			if got := r.met(from, r.addr.String()); got != 2 {
				t.Fatalf("%v met generation %d", from, got)
			}
		}
		if len(r.members) != 1 {
			t.Errorf("%d sockets are left after it", len(r.members))
		}
	})
}

// Several sockets of each, and of others that get nothing.
func TestTrySeveral(t *testing.T) {
	ways(t, func(t *testing.T, steer func() steering) {
		r := newRing(t, steer)
		for range 6 {
			r.join(r.addr)
		}
		generations := []int{1, 2, 9, 1, 9, 2, 9}
		for i, m := range r.members {
			m.Generation = generations[i]
		}
		if err := r.table().Try(2, 9, 40); err != nil {
			t.Fatal(err)
		}
		for _, from := range senders("127.0.0.0/8", 100) {
			want := 2
			if bucket(9, from) < 40 {
				want = 9
			}
			if got := r.met(from, r.addr.String()); got != want {
				t.Fatalf("%v met generation %d, want %d", from, got, want)
			}
		}
	})
}

// A place where the order is not known goes on as it does, and that is said.
func TestTryUnsure(t *testing.T) {
	r := newRing(t, func() steering { return classic{} })
	r.join(r.addr)
	r.join(r.addr)
	r.unsure = 2
	if err := r.table().Try(2, 3, 50); err == nil {
		t.Error("sent connections to a socket by a number that is not known")
	}
}

// Datagrams are shared as connections are: all of one sender go to one generation.
func TestTryDatagrams(t *testing.T) {
	ways(t, func(t *testing.T, steer func() steering) {
		r := emptyRing(t, steer)
		at := &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
		for n := range 2 {
			fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
			if err == nil {
				err = errors.Join(unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1), unix.Bind(fd, at))
			}
			if err != nil {
				t.Fatal(err)
			}
			r.members = append(r.members, &member{Owner: Owner{n + 1, n + 1}, fd: fd, inode: inodeOf(fd)})
			r.addr, r.udp = boundTo(fd), true
			at.Port = int(r.addr.Port())
		}
		if err := r.table().Try(1, 2, 50); err != nil {
			t.Fatal(err)
		}
		for _, from := range senders("127.0.0.0/8", 100) {
			c, err := net.DialUDP("udp", &net.UDPAddr{IP: from.AsSlice()}, net.UDPAddrFromAddrPort(r.addr))
			if err != nil {
				t.Fatal(err)
			}
			c.Write([]byte("a datagram"))
			c.Close()
			want := 0
			if bucket(2, from) < 50 {
				want = 1
			}
			ready := []unix.PollFd{{Fd: int32(r.members[want].fd), Events: unix.POLLIN}}
			if n, err := unix.Poll(ready, 10_000); n != 1 || err != nil {
				t.Fatalf("what %v sent did not come to generation %d: %v", from, want+1, err)
			}
			if n, err := unix.Read(r.members[want].fd, make([]byte, 100)); n != 10 {
				t.Fatalf("%d bytes, %v", n, err)
			}
		}
	})
}
