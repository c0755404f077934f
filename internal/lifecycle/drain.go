package lifecycle

import "slices"

// drain asks every process of g to finish what it has and exit. A generation that
// never got ready is drained, too: it shares the sockets and may have accepted.
func (m *machine) drain(g Generation) {
	g.Phase = Draining
	g.Procs = slices.DeleteFunc(g.Procs, func(p Proc) bool { return p.Phase == ProcBackoff })
	if len(g.Procs) == 0 {
		m.do(Retire{g.Number})
		return
	}
	for i := range g.Procs {
		g.Procs[i].Phase = ProcStopping
		m.do(Terminate{g.Number, g.Procs[i].ID})
	}
	m.do(SetTimer{Timer{DrainDeadline, g.Number, 0}, g.Request.Policy.DrainTimeout})
	m.Draining = append(m.Draining, g)
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

func (m *machine) destroy(g Generation, reason string) {
	for _, p := range g.Procs {
		if p.Phase != ProcBackoff {
			m.do(Destroy{g.Number, p.ID, reason})
		}
	}
}
