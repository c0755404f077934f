package lifecycle

// check asks a generation that is to be confirmed whether it is well: at once, again
// a moment after each answer, and a last time when the time is over.
func (m *machine) check(g *Generation) {
	g.Checking = true
	m.do(Check{g.Number})
}

// confirmed: the time is over, and nothing of the generation has ended. If it is
// checked, the last answer is still to come.
func (m *machine) confirmed(g *Generation) {
	g.Confirmed = true
	switch {
	case !g.Request.Policy.Check:
		m.hold()
	case !g.Checking:
		m.check(g)
	}
}

// apply: one answer that is not well is enough. What served before still does.
func (e Checked) apply(m *machine) {
	g := &m.Incoming
	if e.Generation != g.Number || !g.Checking {
		return
	}
	g.Checking = false
	switch {
	case g.Phase != Confirming: // more of it was asked for meanwhile: it begins once more
	case e.Reason != "":
		m.fail(RolledBack, "a check failed before it was confirmed: "+e.Reason)
	case g.Confirmed:
		m.hold()
	default:
		m.do(SetTimer{Timer{CheckPause, g.Number, 0}, checkPause})
	}
}
