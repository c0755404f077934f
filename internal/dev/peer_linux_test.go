package dev

import (
	"net"
	"net/netip"
	"os"
	"testing"
)

func TestOwner(t *testing.T) {
	for _, network := range []string{"tcp4", "tcp6"} {
		l, err := net.Listen(network, map[string]string{"tcp4": "127.0.0.1:0", "tcp6": "[::1]:0"}[network])
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		c, err := net.Dial(network, l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		far, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer far.Close()
		if stranger(far) {
			t.Errorf("%v is taken for a stranger", far.RemoteAddr())
		}
		table := map[string]string{"tcp4": "/proc/net/tcp", "tcp6": "/proc/net/tcp6"}[network]
		if uid, found := owner(table, netip.MustParseAddrPort(far.RemoteAddr().String())); !found || uid != os.Geteuid() {
			t.Errorf("%v belongs to %d (%v)", far.RemoteAddr(), uid, found)
		}
	}
	if uid, found := owner("/proc/net/tcp", netip.MustParseAddrPort("127.0.0.1:1")); found {
		t.Errorf("nobody's address belongs to %d", uid)
	}
}
