package lifecycle

// apply: a request begins a generation when none is on its way. One that comes
// during a build ends the build, whose sources are old now, and one during a canary
// the canary; one that comes at another time waits for the outcome and begins right
// after it. In each case the version asked
// for last is the one that ends up serving.
func (e Requested) apply(m *machine) {
	if m.Stopping {
		m.answer([]Asker{{Ticket: e.Ticket}}, Verdict{Outcome: Ended, Serving: m.Serving.Number})
		return
	}
	e.Policy = m.settings(e.Policy)
	m.Pending.add(e)
	m.cancel(&m.Incoming)
	if m.Incoming.Phase == Trying {
		m.overtakeCanary()
		return
	}
	m.begin()
}

// cancel ends the build or the examination of a generation, if it is at that.
func (m *machine) cancel(g *Generation) {
	if (g.Phase == Building || g.Phase == Examining) && !g.Cancelled {
		g.Cancelled = true
		m.do(CancelBuild{g.Number})
	}
}

func (r *Request) add(e Requested) {
	back := e.Artifact != ""
	r.Overtook = back && (r.Overtook || r.Asked && r.Artifact == "")
	r.Asked, r.Policy, r.Artifact = true, e.Policy, e.Artifact
	r.Force = e.Force || r.Force && !back
	if e.Ticket != 0 {
		r.Askers = append(r.Askers, Asker{Ticket: e.Ticket, Back: back})
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
	m.do(Build{m.Last, r.Artifact})
}

// apply: an artifact is there. If it is not the one that serves it starts, once it
// has been examined.
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
	owed := m.Owed && g.Request.Artifact == ""
	if !g.Request.Force && !owed && g.Artifact != "" && g.Artifact == m.Serving.Artifact {
		m.unchanged()
		return
	}
	if g.Request.Policy.Examine {
		g.Phase = Examining
		m.do(Examine{g.Number})
		return
	}
	m.admit()
}

func (e Examined) apply(m *machine) {
	g := &m.Incoming
	switch {
	case e.Generation != g.Number || g.Phase != Examining:
	case g.Cancelled:
		m.overtaken()
	case e.Reason != "":
		m.missed(g)
		m.leave(NotReady, e.Reason)
	default:
		m.admit()
	}
}

// unchanged: what was asked for serves already.
func (m *machine) unchanged() {
	if g := &m.Incoming; g.Request.Artifact != "" {
		m.Behind, m.Owed = m.Behind || g.Request.Overtook, m.Owed || g.Request.Overtook
		m.leave(Unchanged, "it runs that artifact")
		return
	}
	m.Behind, m.Serving.Request.Artifact = false, "" // it is what the build makes now
	m.leave(Unchanged, "")
}

// missed: what g was to bring does not come to serve. If it was to go back, no source
// is newer than what serves for that.
func (m *machine) missed(g *Generation) {
	m.Behind = m.Behind || g.Request.Artifact == "" || g.Request.Overtook
	m.Owed = m.Owed || g.Request.Force || g.Request.Overtook
}

// admit starts the processes of the incoming generation beside those that serve, or
// after them if they cannot overlap.
func (m *machine) admit() {
	g := &m.Incoming
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
	m.missed(g)
	if e.Missing {
		m.leave(NotReady, e.Reason)
		return
	}
	m.leave(BuildBroken, e.Reason)
}

// overtaken ends a cancelled build. Who waited for it rides along with the
// request that took its place.
func (m *machine) overtaken() {
	g := m.Incoming
	m.Incoming = Generation{}
	m.do(Retire{g.Number})
	m.Pending.Askers = append(g.Request.Askers, m.Pending.Askers...)
	back := m.Pending.Artifact != ""
	m.Pending.Force = m.Pending.Force || g.Request.Force && !back
	m.Pending.Overtook = back && (m.Pending.Overtook || g.Request.Overtook || g.Request.Artifact == "")
	m.settle()
}

// leave ends an incoming generation that has no processes.
func (m *machine) leave(o Outcome, reason string) {
	g := m.Incoming
	m.Incoming = Generation{}
	m.do(Retire{g.Number})
	m.conclude(g.Request.Askers, m.verdict(g, o, reason))
	m.settle()
}

// settle goes on with whatever the end of an incoming generation was waited for.
func (m *machine) settle() {
	m.begin()
	m.finish()
}
