package lifecycle

import "time"

// onTrial reports whether the generation is ready and has yet to show that it is good:
// on a share of the connections, or before its predecessor drains.
func (g Generation) onTrial() bool { return g.Phase == Trying || g.Phase == Confirming }

// checked reports whether it is checked meanwhile, and how long after each answer again.
func (g Generation) checked() (yes bool, pause time.Duration) {
	if g.Phase == Trying {
		return g.Request.Policy.Canary.Check, canaryPause
	}
	return g.Request.Policy.Check, checkPause
}

// check asks a generation on trial whether it is well: at once, again a moment after
// each answer, and a last time when the time is over.
func (m *machine) check(g *Generation) {
	g.Checking = true
	m.do(Check{g.Number})
}

// confirmed: the time is over, and nothing of the generation has ended. If it is
// checked, the last answer is still to come.
func (m *machine) confirmed(g *Generation) {
	g.Confirmed = true
	switch yes, _ := g.checked(); {
	case !yes:
		m.pass(g)
	case !g.Checking:
		m.check(g)
	}
}

// pass ends a trial well.
func (m *machine) pass(g *Generation) {
	if g.Phase == Trying {
		m.tried()
		return
	}
	m.hold()
}

// apply: one answer that is not well is enough. What served before still does.
func (e Checked) apply(m *machine) {
	g := &m.Incoming
	if e.Generation != g.Number || !g.Checking {
		return
	}
	g.Checking = false
	_, pause := g.checked()
	switch {
	case !g.onTrial(): // more of it was asked for meanwhile: it begins once more
	case e.Reason != "" && g.Phase == Trying:
		m.fail(RolledBack, "a check failed during its canary: "+e.Reason)
	case e.Reason != "":
		m.fail(RolledBack, "a check failed before it was confirmed: "+e.Reason)
	case g.Confirmed:
		m.pass(g)
	default:
		m.do(SetTimer{Timer{CheckPause, g.Number, 0}, pause})
	}
}
