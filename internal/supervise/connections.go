package supervise

import (
	"slices"

	"github.com/seed-27ba25bb/supervisor/internal/adopt"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// Count sets the connections left of all generations that drain, or some processes of
// which do. Where that cannot be known it sets nothing. It takes longer than Snapshot:
// the kernel and the processes are asked.
func (s *Supervisor) Count(all []Snapshot) {
	var which []*Generation
	var of []adopt.Holder
	for i := range all {
		for j := range all[i].Generations {
			if g := &all[i].Generations[j]; g.holds.Contains != nil {
				which, of = append(which, g), append(of, g.holds)
			}
		}
	}
	if len(of) == 0 {
		return
	}
	counts, err := s.world.Connections(of)
	if err != nil {
		return
	}
	for i, g := range which {
		g.Connections = &counts[i]
	}
}

// holds is what to look for of a generation that drains.
func (s *Supervisor) holds(v *service, d lifecycle.Generation, g *generation) (h adopt.Holder) {
	var leaving []Child
	for _, p := range d.Procs {
		if r := g.procs[p.ID]; r != nil && r.child != nil && p.Phase == lifecycle.ProcStopping {
			leaving = append(leaving, r.child)
		}
	}
	for _, a := range g.spec.Sockets {
		if k := s.sockets[place(a)]; k != nil {
			h.Add(a.Network, k.Bound())
		}
	}
	for _, l := range v.store.Learnt() {
		h.Add(l.Network, l.Addr.String())
	}
	for _, l := range v.table.Learnt() {
		h.Add(l.Network, l.Addr)
	}
	if len(leaving) > 0 && len(h.TCP)+len(h.Unix) > 0 {
		h.Contains = func(pid int) bool {
			return slices.ContainsFunc(leaving, func(c Child) bool { return c.Contains(pid) })
		}
	}
	return h
}
