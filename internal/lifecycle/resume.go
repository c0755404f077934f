package lifecycle

// Resumed is how the life of a service goes on that another supervisor, now gone,
// has left running. Of the generations only Number, Origin, Artifact, Procs (ID and
// Slot, and ProcStopping for one that was told to leave alone) and Request.Policy
// count; all have processes.
type Resumed struct {
	Last, LastProc int // the highest numbers that were ever given
	Staff
	Serving  Generation
	Draining []Generation // oldest first
	// Fallback is the one of Draining whose artifact is started again if the first
	// generation to come fails, which must not run beside it. Number 0: none.
	Fallback Generation
}

// apply puts what is left where it was: the one that serves goes on, ready, until a
// successor is; the others drain, with a deadline of their own. No watchdog looks
// after them: what they say reaches nobody any more. It is for a service of which
// nothing is known yet.
func (e Resumed) apply(m *machine) {
	if m.Stopping || len(m.Generations()) > 0 {
		return
	}
	m.Last, m.LastProc, m.Staff = max(m.Last, e.Last), max(m.LastProc, e.LastProc), e.Staff
	if g := e.Serving.clone(); g.Number != 0 {
		m.count(g)
		g.Phase = Serving
		m.Serving = g
		m.resumeServing(&m.Serving)
	}
	if g := e.Fallback; g.Number != 0 {
		m.count(g)
		m.Fallback = g.clone()
		m.Fallback.Procs = nil
	}
	for _, g := range e.Draining {
		m.count(g)
		m.drain(g.clone())
	}
}

// resumeServing: as many go on as there are. None is added, for the next generation
// is about to be.
func (m *machine) resumeServing(g *Generation) {
	for i := range g.Procs {
		p := &g.Procs[i]
		if p.Phase == ProcStopping {
			m.dismiss(g, p)
			continue
		}
		p.Phase = ProcReady
	}
	g.Request.Policy.Workers = g.active()
}

// count keeps the numbers of a generation from being given again.
func (m *machine) count(g Generation) {
	m.Last = max(m.Last, g.Number)
	for _, p := range g.Procs {
		m.LastProc = max(m.LastProc, p.ID)
	}
}
