package load

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// onlyLoopback keeps the load on this machine: aimed at another one it would
// be an attack.
func onlyLoopback(network, address string) error {
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
	if err != nil || !ip.IsLoopback() {
		return fmt.Errorf("cannot load %q: not a loopback address; use 127.0.0.1, [::1] or localhost", address)
	}
	return nil
}
