package config

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// sockets names sockets and finds those that two services want.
type sockets struct {
	count int
	// names and addresses tell which service has them.
	names, addresses map[string]string
}

func newSockets() *sockets {
	return &sockets{0, map[string]string{}, map[string]string{}}
}

func (x *sockets) claim(r reader, s *Service) {
	for i, a := range s.Listen {
		if a.Name == "" {
			a.Name = fmt.Sprintf("socket%d", x.count)
			s.Listen[i] = a
		}
		x.count++
		x.take(r, i, x.names, a.Name, fmt.Sprintf("socket name %q", a.Name))
		if !anyPort(a) {
			a.Name, a.Mode, a.Owner, a.Group = "", 0, "", ""
			x.take(r, i, x.addresses, a.String(), "address "+a.String())
		}
	}
}

// take gives thing to the service, or reports who has it.
func (x *sockets) take(r reader, element int, taken map[string]string, thing, what string) {
	if holder, ok := taken[thing]; ok {
		at := r.at("listen", strconv.Itoa(element))
		key := fmt.Sprintf("%s[%d]", r.path("listen"), element)
		r.problems.add(at, key, wrong("%s is already used by service %q", what, holder))
		return
	}
	taken[thing] = r.service.name
}

// anyPort tells whether the kernel chooses the port, so that the same address
// twice means two sockets.
func anyPort(a listener.Address) bool {
	_, port, err := net.SplitHostPort(a.Addr)
	return err == nil && port == "0"
}

func listensTCP(a listener.Address) bool { return strings.HasPrefix(a.Network, "tcp") }
