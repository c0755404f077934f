package lifecycle

// check asks a generation that is to be confirmed whether it is well: at once, again
// a moment after each answer, and a last time when the time is over.
func (m *machine) check(g *Generation) {
	g.Checking = true
	m.do(Check{g.Number})
}

// held: the time is over, and the generation has not ended. If it is checked, the last
// answer is still to come.
func (m *machine) held(g *Generation) {
	g.Held = true
	switch {
	case !g.Request.Policy.Check:
		m.promote()
	case !g.Checking:
		m.check(g)
	}
}

// apply: one answer that is not well is enough. What served before still does.
func (e Checked) apply(m *machine) {
	g := &m.Incoming
	if e.Generation != g.Number || g.Phase != Confirming || !g.Checking {
		return
	}
	g.Checking = false
	switch {
	case e.Reason != "":
		m.fail(RolledBack, "a check failed before it was confirmed: "+e.Reason)
	case g.Held:
		m.promote()
	default:
		m.do(SetTimer{Timer{CheckPause, g.Number, 0}, checkPause})
	}
}
