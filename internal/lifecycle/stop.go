package lifecycle

// apply: a stop cancels what is on its way, answers everyone who waits and drains
// the rest.
func (Stop) apply(m *machine) {
	if m.Stopping {
		return
	}
	m.Stopping, m.Fallback = true, Generation{}
	m.answer(m.Pending.Askers, Verdict{Outcome: Ended, Serving: m.Serving.Number})
	m.Pending = Request{}
	m.endScaling(Verdict{Outcome: Ended})
	m.stopIncoming()
	if g := m.Serving; g.Number != 0 {
		m.Serving = Generation{}
		m.drain(g)
	}
	m.dismissYielding()
	m.finish()
}

func (m *machine) stopIncoming() {
	g := &m.Incoming
	if g.Number == 0 {
		return
	}
	m.answer(g.Request.Askers, Verdict{Outcome: Ended, Generation: g.Number, Serving: m.Serving.Number})
	g.Request.Askers = nil
	if g.Phase == Building || g.Phase == Examining {
		// Its end is waited for: the build's processes must be gone as well.
		m.cancel(g)
		return
	}
	gone := *g
	m.Incoming = Generation{}
	m.drain(gone)
}

func (Kill) apply(m *machine) {
	Stop{}.apply(m)
	for _, g := range m.Draining {
		m.destroy(g, "the supervisor was told to end now")
	}
}

// finish says once that a stopping service has nothing left.
func (m *machine) finish() {
	if m.Stopping && !m.Stopped && m.Incoming.Number == 0 && len(m.Draining) == 0 {
		m.Stopped = true
		m.do(Finish{})
	}
}
