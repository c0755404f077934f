package relay

import (
	"fmt"
	"net"
	"testing"
)

// from is a connection of a client.
type from struct {
	net.Conn
	addr net.Addr
}

func (f from) RemoteAddr() net.Addr { return f.addr }

// A client meets the same generation each time, at whatever port it calls from, and as
// many clients as are to be meet the one that is tried.
func TestIncludes(t *testing.T) {
	const clients = 2000
	for _, network := range []string{"10.1.%d.%d", "2001:db8::%x:%x"} {
		met := 0
		for i := range clients {
			ip := net.ParseIP(fmt.Sprintf(network, i/250, i%250))
			first := trial{7, 10}.includes(from{addr: &net.TCPAddr{IP: ip, Port: 1000}}, i)
			if first != (trial{7, 10}).includes(from{addr: &net.TCPAddr{IP: ip, Port: 2000}}, i+1) {
				t.Fatalf("%v meets one generation, then another", ip)
			}
			if first {
				met++
			}
		}
		if met < clients*7/100 || met > clients*13/100 {
			t.Errorf("%s: %d of %d meet the one that is to have 10%%", network, met, clients)
		}
	}
}

// Clients that have no address take turns. The share is nobody's before the generation
// has a process, and once it is tried no more.
func TestTry(t *testing.T) {
	faked(t, func(f *fakes) {
		count := func() (tried int) {
			for range 200 {
				if said(f.T, f.connect()) == "new" {
					tried++
				}
			}
			return tried
		}
		f.serve(Owner{1, 1}, "old")
		f.Aim([]int{1})
		f.Try(2, 20)
		if n := count(); n != 0 {
			f.Errorf("%d of 200 met a generation without processes", n)
		}
		f.serve(Owner{2, 2}, "new")
		if n := count(); n != 40 {
			f.Errorf("%d of 200 met the one that is to have 20%%", n)
		}
		f.Try(0, 0)
		if n := count(); n != 0 {
			f.Errorf("%d of 200 met the one that is not tried any more", n)
		}
	})
}
