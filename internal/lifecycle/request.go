package lifecycle

// apply: a request begins a generation when none is on its way. One that comes
// during a build ends the build, whose sources are old now; one that comes later
// waits for the outcome and begins right after it. Either way the version asked
// for last is the one that ends up serving.
func (e Requested) apply(m *machine) {
	if m.Stopping {
		m.answer([]Asker{{Ticket: e.Ticket}}, Verdict{Outcome: Ended, Serving: m.Serving.Number})
		return
	}
	e.Policy = m.settings(e.Policy)
	m.Pending.add(e)
	if g := &m.Incoming; g.Phase == Building && !g.Cancelled {
		g.Cancelled = true
		m.do(CancelBuild{g.Number})
	}
	m.begin()
}

func (r *Request) add(e Requested) {
	r.Asked, r.Policy, r.Force = true, e.Policy, r.Force || e.Force
	if e.Ticket != 0 {
		r.Askers = append(r.Askers, Asker{Ticket: e.Ticket})
	}
}

// begin starts on what is pending unless something is on its way already.
func (m *machine) begin() {
	if !m.Pending.Asked || m.Stopping || m.Incoming.Number != 0 {
		return
	}
	m.Last++
	r := m.Pending
	for i := range r.Askers {
		if r.Askers[i].Generation == 0 {
			r.Askers[i].Generation = m.Last
		}
	}
	m.Pending = Request{}
	m.Incoming = Generation{Number: m.Last, Origin: m.Last, Phase: Building, Request: r}
	m.do(Build{m.Last})
}

// apply: an artifact is there. Its processes start beside those that serve, or
// after them if they cannot overlap.
func (e Built) apply(m *machine) {
	g := &m.Incoming
	if e.Generation != g.Number || g.Phase != Building {
		return
	}
	if g.Cancelled {
		m.overtaken()
		return
	}
	g.Artifact, g.Exclusive = e.Artifact, e.Exclusive
	if !g.Request.Force && !m.Owed && g.Artifact != "" && g.Artifact == m.Serving.Artifact {
		m.leave(Unchanged, "")
		m.Behind = false
		return
	}
	if g.Exclusive && m.Serving.Number != 0 {
		old := m.Serving
		m.Serving, m.Fallback = Generation{}, old
		m.Fallback.Procs = nil
		if old.Phase == Finished {
			m.Fallback = Generation{} // what it had to do is done
		}
		m.drain(old)
		m.dismissYielding()
	}
	m.start()
}

func (e BuildFailed) apply(m *machine) {
	g := &m.Incoming
	if e.Generation != g.Number || g.Phase != Building {
		return
	}
	if g.Cancelled {
		m.overtaken()
		return
	}
	m.Behind, m.Owed = true, m.Owed || g.Request.Force
	m.leave(BuildBroken, e.Reason)
}

// overtaken ends a cancelled build. Who waited for it rides along with the
// request that took its place.
func (m *machine) overtaken() {
	g := m.Incoming
	m.Incoming = Generation{}
	m.do(Retire{g.Number})
	m.Pending.Askers = append(g.Request.Askers, m.Pending.Askers...)
	m.Pending.Force = m.Pending.Force || g.Request.Force
	m.settle()
}

// leave ends an incoming generation that has no processes.
func (m *machine) leave(o Outcome, reason string) {
	g := m.Incoming
	m.Incoming = Generation{}
	m.do(Retire{g.Number})
	m.conclude(g.Request.Askers, Verdict{Outcome: o, Generation: g.Number, Serving: m.Serving.Number, Reason: reason})
	m.settle()
}

// settle goes on with whatever the end of an incoming generation was waited for.
func (m *machine) settle() {
	m.begin()
	m.finish()
}
