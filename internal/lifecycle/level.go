package lifecycle

// level has the processes follow what is asked for. It looks at how things stand
// after each event and does what is missing, so that one more look does nothing.
//
// A ready process is told to leave only if as many others are ready as there are to
// be: until a successor has taken over, what serves never gets less.
func (m *machine) level() {
	if m.Stopping {
		return
	}
	m.takeOver()
	m.complete()
	if s := m.Serving; s.Phase == Serving && !s.Request.Policy.Once {
		m.trim()
		m.fill()
		m.yield()
	}
	m.roll()
	m.scaled()
}

// wanted is how many processes the serving generation is to have of its own: one
// that takes over step by step has the places of the others already.
func (m *machine) wanted() int {
	n := m.Serving.workers()
	if m.Incoming.Rolling {
		n = max(1, n-m.Incoming.Held)
	}
	return n
}

// inService counts the processes that serve and are to go on, of whichever generation.
func (m *machine) inService() int {
	n := m.Serving.ready()
	if m.Incoming.Rolling {
		n += m.Incoming.Held
	}
	for _, g := range m.Draining {
		if g.Phase == Yielding {
			n += g.ready()
		}
	}
	return n
}

// trim lets go what the serving generation has too many of, first what does not serve.
// If only processes that serve are left to choose from, there is one more of them than
// is asked for.
func (m *machine) trim() {
	s := &m.Serving
	for s.active() > m.wanted() {
		p := s.dispensable()
		if p.Phase == ProcBackoff {
			s.remove(p.ID)
			continue
		}
		m.dismiss(s, p)
	}
}

// fill starts what the serving generation lacks.
func (m *machine) fill() {
	s := &m.Serving
	for s.active() < m.wanted() {
		m.respawn(s, Proc{Slot: s.freeSlot()})
	}
}

// complete starts what a generation on its way in lacks because more were asked for
// meanwhile.
func (m *machine) complete() {
	g := &m.Incoming
	if g.Rolling || g.Request.Policy.Once || g.Phase != Starting && g.Phase != Confirming {
		return
	}
	for more := g.due() - len(g.Procs); more > 0; more-- {
		g.Phase = Starting
		m.spawn(g, Proc{Slot: g.freeSlot()})
		m.do(SetTimer{Timer{ReadyDeadline, g.Number, 0}, g.Request.Policy.ReadyTimeout})
	}
}

// dispensable is the process that is missed least: one that does not serve, and of
// several the one added last.
func (g *Generation) dispensable() *Proc {
	rank := map[ProcPhase]int{ProcStopping: 0, ProcReady: 1, ProcStarting: 2, ProcBackoff: 3}
	least := &g.Procs[0]
	for i := range g.Procs {
		p := &g.Procs[i]
		if a, b := rank[p.Phase], rank[least.Phase]; a > b || a == b && p.Slot > least.Slot {
			least = p
		}
	}
	return least
}

func (g *Generation) freeSlot() int {
	taken := map[int]bool{}
	for _, p := range g.Procs {
		if p.Phase != ProcStopping {
			taken[p.Slot] = true
		}
	}
	slot := 0
	for taken[slot] {
		slot++
	}
	return slot
}
