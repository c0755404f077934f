package load

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// onlyLocal keeps the load on this machine: aimed at another one it would be an
// attack.
func onlyLocal(network, address string) error {
	if strings.HasPrefix(network, "unix") {
		return nil
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("cannot load %q: %w", address, err)
	}
	if host == "localhost" {
		return nil
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.IsLoopback() && !isOurs(ip) {
		return fmt.Errorf("cannot load %q: no address of this machine; use 127.0.0.1, [::1] or localhost", address)
	}
	return nil
}

func isOurs(ip netip.Addr) bool {
	all, err := net.InterfaceAddrs()
	return err == nil && slices.ContainsFunc(all, func(a net.Addr) bool {
		p, err := netip.ParsePrefix(a.String())
		return err == nil && p.Addr() == ip.WithZone("")
	})
}
