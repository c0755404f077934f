package handoff

import (
	"net"
	"strings"
)

// suits reports whether i can be what Listen(network, …) or ListenPacket(network, …) returns.
func (i inherited) suits(network string) bool {
	family := strings.TrimRight(network, "46")
	if i.network == "" || i.network != family {
		return false
	}
	switch strings.TrimPrefix(network, family) {
	case "4":
		return !i.v6
	case "6":
		return i.v6
	default:
		return true
	}
}

// named reports whether the socket's name is the address asked for, or the name under which an
// earlier generation stored it.
func named(i inherited, network, addr string) bool {
	return i.name != "" && (i.name == addr || i.name == learntName(network, addr))
}

// bound reports whether the socket is bound where addr says: the same port, and the same host or any
// host on both sides. Port 0 is no address.
func bound(i inherited, network, addr string) bool {
	switch have := i.addr.(type) {
	case *net.TCPAddr:
		want, err := net.ResolveTCPAddr(network, addr)
		return err == nil && want.Port != 0 && have.Port == want.Port && have.Zone == want.Zone && sameHost(have.IP, want.IP)
	case *net.UDPAddr:
		want, err := net.ResolveUDPAddr(network, addr)
		return err == nil && want.Port != 0 && have.Port == want.Port && have.Zone == want.Zone && sameHost(have.IP, want.IP)
	case *net.UnixAddr:
		return addr != "" && have.Name == addr
	default:
		return false
	}
}

func sameHost(a, b net.IP) bool {
	if anyHost(a) || anyHost(b) {
		return anyHost(a) && anyHost(b)
	}
	return a.Equal(b)
}

func anyHost(ip net.IP) bool { return len(ip) == 0 || ip.IsUnspecified() }
