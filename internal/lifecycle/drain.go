package lifecycle

import (
	"fmt"
	"slices"
)

// drain asks every process of g to finish what it has and exit. A generation that
// never got ready is drained, too: it shares the sockets and may have accepted.
func (m *machine) drain(g Generation) {
	g.Procs = slices.DeleteFunc(g.Procs, func(p Proc) bool { return p.Phase == ProcBackoff })
	if len(g.Procs) == 0 {
		m.do(Retire{g.Number})
		return
	}
	m.drainAll(&g)
	m.Draining = append(m.Draining, g)
}

// drainAll asks those that were not asked yet: some may have left before the others.
func (m *machine) drainAll(g *Generation) {
	g.Phase, g.Rolling, g.Held = Draining, false, 0
	for i := range g.Procs {
		if p := &g.Procs[i]; p.Phase != ProcStopping {
			p.Phase = ProcStopping
			m.do(Terminate{g.Number, p.ID})
		}
	}
	m.do(SetTimer{Timer{DrainDeadline, g.Number, 0}, g.Request.Policy.DrainTimeout})
}

// dismiss asks one process to drain and exit while others of its generation stay.
// It has a deadline of its own.
func (m *machine) dismiss(g *Generation, p *Proc) {
	p.Phase = ProcStopping
	m.do(Terminate{g.Number, p.ID})
	m.do(SetTimer{Timer{DrainDeadline, g.Number, p.ID}, g.Request.Policy.DrainTimeout})
}

// capDrains kills the oldest drains beyond what the settings of now allow. It is for
// a promotion: a new version that fails costs nobody his connection.
func (m *machine) capDrains() {
	limit, n := m.Serving.Request.Policy.DrainMax, 0
	if limit == 0 {
		return
	}
	for _, g := range slices.Backward(m.Draining) {
		if g.Phase != Draining {
			continue
		}
		if n++; n > limit {
			m.destroy(g, fmt.Sprintf("more generations drain than drain.max = %d allows, and it is the oldest", limit))
		}
	}
}

// drained removes the generations of which nothing is left, and goes on with what
// waited for that.
func (m *machine) drained() {
	m.Draining = slices.DeleteFunc(m.Draining, func(g Generation) bool {
		if len(g.Procs) > 0 {
			return false
		}
		m.do(Retire{g.Number})
		return true
	})
	if m.Incoming.Phase == Waiting && len(m.Draining) == 0 {
		m.start()
		m.begin()
	}
	m.finish()
}

// destroy ends what is left of a generation now.
func (m *machine) destroy(g Generation, reason string) {
	for _, p := range g.Procs {
		if p.Phase != ProcBackoff {
			m.do(Destroy{g.Number, p.ID, reason})
		}
	}
}
