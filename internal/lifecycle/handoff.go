package lifecycle

import "fmt"

// start spawns the processes of the incoming generation; one that must be alone
// waits until the former are gone.
func (m *machine) start() {
	g := &m.Incoming
	if g.Exclusive && len(m.Draining) > 0 {
		g.Phase = Waiting
		return
	}
	if g.Origin != g.Number {
		m.restored()
		return
	}
	if m.mayTry() {
		g.Sample = m.sample()
	}
	if m.mayRoll() {
		g.Phase, g.Rolling = Replacing, true
		return
	}
	g.Phase = Starting
	for slot := range g.due() {
		m.spawn(g, Proc{Slot: slot})
	}
	m.do(SetTimer{Timer{ReadyDeadline, g.Number, 0}, g.Request.Policy.ReadyTimeout})
}

// spawn starts p with a new ID and leaves it in g.
func (m *machine) spawn(g *Generation, p Proc) {
	m.LastProc++
	p.ID, p.Phase = m.LastProc, ProcStarting
	g.Procs = append(g.Procs, p)
	m.do(Spawn{g.Number, g.Origin, p.ID, p.Slot})
}

func (e Ready) apply(m *machine) {
	g, p := m.findProc(e.Generation, e.Proc)
	if p == nil || p.Phase != ProcStarting {
		return
	}
	p.Phase = ProcReady
	m.watch(g, p)
	if g.Phase == Starting {
		m.arrived(g)
	}
}

// arrived: a starting generation, or as much of a rolling one as was started, holds
// once all of it is ready, tried and confirmed.
func (m *machine) arrived(g *Generation) {
	if !g.Ready() {
		return
	}
	if g.Sample > 0 {
		m.try()
		return
	}
	// Without anything to go back to there is nothing to confirm.
	if c := g.Request.Policy.Confirm; c > 0 && (m.Serving.Number != 0 || m.Fallback.Number != 0) {
		g.Phase, g.Confirmed = Confirming, false
		m.do(SetTimer{Timer{ConfirmEnd, g.Number, 0}, c})
		if g.Request.Policy.Check && !g.Checking {
			m.check(g)
		}
		return
	}
	m.hold()
}

// hold: what is ready of the incoming generation can take over.
func (m *machine) hold() {
	if g := &m.Incoming; g.Rolling {
		g.Phase, g.Held = Replacing, len(g.Procs)
		return
	}
	m.promote()
}

// promote puts the incoming generation in service. This is the only place where
// a serving generation drains for a successor, and the successor is ready or has
// done its work.
func (m *machine) promote() {
	old, g := m.Serving, m.Incoming
	g.Phase, g.Rolling, g.Held = Serving, false, 0
	if len(g.Procs) == 0 {
		g.Phase = Finished
	}
	askers, back := g.Request.Askers, g.Request.Artifact
	g.Request.Askers = nil
	m.Serving, m.Incoming, m.Fallback, m.Behind = g, Generation{}, Generation{}, back != ""
	m.Owed = false
	reason := ""
	if back != "" {
		reason = fmt.Sprintf("rolled back to artifact %.12s; the next reload or save builds the source again", back)
	}
	m.conclude(askers, m.verdict(g, Promoted, reason))
	if old.Number != 0 {
		m.drain(old)
	}
	m.dismissYielding()
	m.capDrains()
	m.begin()
}

// fail gives the incoming generation up. What served before still does; if it had
// to make room, it is started again.
func (m *machine) fail(o Outcome, reason string) {
	g := m.Incoming
	askers := g.Request.Askers
	g.Request.Askers = nil
	m.Incoming = Generation{}
	m.missed(&g)
	switch {
	case g.Held > 0:
		o, reason = RolledBack, reason+"; "+broughtBack(g.Held)
	case g.Tried:
		o = RolledBack
	}
	if g.Rolling && g.Sample == 0 {
		m.giveBack(g)
	} else {
		m.drain(g)
	}
	if m.Fallback.Number != 0 {
		m.restore(g, askers, o, reason)
		return
	}
	m.conclude(askers, m.verdict(g, o, reason))
	m.settle()
}

// restore starts the artifact that served before an exclusive handoff failed.
func (m *machine) restore(failed Generation, askers []Asker, o Outcome, reason string) {
	m.Last++
	m.Incoming = Generation{
		Number: m.Last, Origin: m.Fallback.Origin, Artifact: m.Fallback.Artifact, Exclusive: true,
		Request: Request{Policy: m.Fallback.Request.Policy},
	}
	v := m.verdict(failed, RolledBack, fmt.Sprintf("%s: %s; generation %d runs the previous artifact again", o, reason, m.Last))
	v.Serving = m.Last
	m.conclude(askers, v)
	m.start()
	m.begin()
}

// restored puts a restored generation in service at once, so that it is retried
// for as long as any serving one.
func (m *machine) restored() {
	g := m.Incoming
	g.Phase = Serving
	m.Serving, m.Incoming, m.Fallback = g, Generation{}, Generation{}
	for slot := range g.workers() {
		m.respawn(&m.Serving, Proc{Slot: slot})
	}
}
