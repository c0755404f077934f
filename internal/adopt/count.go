package adopt

import (
	"net"
	"strconv"
	"strings"
)

// Holder is who has connections: all of its processes, with the addresses at which
// they serve.
type Holder struct {
	TCP      []uint16 // ports
	Unix     []string // paths; an abstract one begins with @
	Contains func(pid int) bool
}

// Add adds a place where they serve, as it is bound. Whatever has no connections
// is left out.
func (h *Holder) Add(network, bound string) {
	switch {
	case strings.HasPrefix(network, "tcp"):
		_, text, err := net.SplitHostPort(bound)
		if port, bad := strconv.ParseUint(text, 10, 16); err == nil && bad == nil {
			h.TCP = append(h.TCP, uint16(port))
		}
	case network == "unix" || network == "unixpacket":
		h.Unix = append(h.Unix, bound)
	}
}
