package adopt

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// classic steers by classic BPF, which names a socket by its number in the kernel's
// order. It needs no privilege.
type classic struct{}

func (classic) ordered() bool { return true }
func (classic) close()        {}

// direct leaves a group as it goes on where the numbers are not known.
func (classic) direct(g *group) error {
	indices, ok := g.indices()
	if len(indices) == 0 || !ok {
		return nil
	}
	program := selector(indices)
	if g.tried != nil {
		program = g.sharer()
	}
	if err := attach(g.aimed[0].fd, unix.SO_ATTACH_REUSEPORT_CBPF, program); err != nil {
		return fmt.Errorf("cannot steer the connections to %s: %w", g.place, err)
	}
	return nil
}
