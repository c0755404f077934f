package lifecycle

import "fmt"

// mayRoll: there must be something to replace, process by process.
func (m *machine) mayRoll() bool {
	return m.Incoming.Request.Policy.Rolling && m.beside()
}

// takeOver promotes a rolling generation when enough of it holds.
func (m *machine) takeOver() {
	if g := m.Incoming; g.Phase == Replacing && g.Held >= g.workers() {
		m.promote()
	}
}

// roll starts the next process when the one that the last has replaced is gone, so
// that there is never more than one beyond those that are asked for. Those that are
// tried are started at once.
func (m *machine) roll() {
	g := &m.Incoming
	if g.Phase != Replacing || len(m.Serving.Procs) > m.Serving.active() {
		return
	}
	g.Phase = Starting
	for range max(1, g.Sample) {
		m.spawn(g, Proc{Slot: g.freeSlot()})
	}
	m.do(SetTimer{Timer{ReadyDeadline, g.Number, 0}, g.Request.Policy.ReadyTimeout})
}

// giveBack lets a rolling generation that failed go step by step, as it came.
func (m *machine) giveBack(g Generation) {
	g.Phase, g.Rolling, g.Held = Yielding, false, 0
	if len(g.Procs) == 0 {
		m.do(Retire{g.Number})
		return
	}
	for i := range g.Procs {
		if p := &g.Procs[i]; p.Phase != ProcReady {
			m.dismiss(&g, p)
		}
	}
	m.Draining = append(m.Draining, g)
}

func broughtBack(n int) string {
	if n == 1 {
		return "the worker that it had replaced is brought back"
	}
	return fmt.Sprintf("the %d workers that it had replaced are brought back", n)
}

// yield lets go what the serving generation has replacements for again.
func (m *machine) yield() {
	for i := range m.Draining {
		g := &m.Draining[i]
		if g.Phase != Yielding {
			continue
		}
		for j := range g.Procs {
			if p := &g.Procs[j]; p.Phase == ProcReady && m.inService() > m.Serving.workers() {
				m.dismiss(g, p)
			}
		}
		if g.ready() == 0 {
			m.drainAll(g)
		}
	}
}

// dismissYielding is for when another generation serves, or none is to.
func (m *machine) dismissYielding() {
	for i := range m.Draining {
		if g := &m.Draining[i]; g.Phase == Yielding {
			m.drainAll(g)
		}
	}
}
