package lifecycle

import "fmt"

// apply: the end of a process is expected while it drains, the end of its
// generation's way in while it starts, and a crash while it serves.
func (e Exited) apply(m *machine) {
	g, p := m.findProc(e.Generation, e.Proc)
	if p == nil {
		return
	}
	gone := *p
	g.remove(gone.ID)
	switch {
	case g.Phase == Draining || g.Phase == Yielding:
		m.drained()
	case gone.Phase == ProcStopping:
		// It left alone, as it was told to.
	case e.Clean && g.Request.Policy.Once:
		m.finished(g)
	case g.Phase == Trying:
		m.fail(RolledBack, e.Reason+" during its canary")
	case g.Phase == Confirming:
		m.fail(RolledBack, e.Reason+" before it was confirmed")
	case g.Rolling && gone.Phase == ProcReady:
		m.fail(RolledBack, e.Reason+" before all workers were replaced")
	case g.Phase == Starting:
		m.fail(Died, e.Reason+" before it was ready")
	case g.Phase == Serving:
		m.crashed(g, gone, e)
	}
}

// finished: a process has done what there was to do. Its generation needs no
// readiness and no confirmation any more once all of them have.
func (m *machine) finished(g *Generation) {
	switch {
	case len(g.Procs) > 0 && g.Phase == Starting:
		m.arrived(g)
	case len(g.Procs) > 0:
	case g.Phase == Serving:
		g.Phase = Finished
	default:
		m.promote()
	}
}

// crashed: what was added by a scaling and does not come up is given up, whatever
// else crashes is started again. The workers that are asked for then may be those that a
// rolling generation has already.
func (m *machine) crashed(g *Generation, p Proc, e Exited) {
	if p.Phase == ProcStarting && m.Scaling.From != 0 {
		m.unscale(Died, e.Reason+" before it was ready")
		m.takeOver()
		if m.Serving.Number != e.Generation || g.active() >= m.wanted() {
			return
		}
	}
	m.revive(g, p, e)
}

// revive starts a crashed process again: at once, then after growing delays.
// Meanwhile clients wait in the queue of the held socket.
func (m *machine) revive(g *Generation, p Proc, e Exited) {
	if e.Uptime >= steady {
		p.Crashes = 0
	}
	p.Crashes++
	wait := backoff(p.Crashes)
	if wait == 0 {
		m.respawn(g, p)
		return
	}
	p.Phase = ProcBackoff
	g.Procs = append(g.Procs, p)
	m.do(SetTimer{Timer{BackoffEnd, g.Number, p.ID}, wait})
}

func (m *machine) respawn(g *Generation, p Proc) {
	m.spawn(g, p)
	m.do(SetTimer{Timer{ReadyDeadline, g.Number, m.LastProc}, g.Request.Policy.ReadyTimeout})
}

// watch arms the watchdog of a process that can serve, if it has one.
func (m *machine) watch(g *Generation, p *Proc) {
	if d := g.Request.Policy.Watchdog; d > 0 && p.Phase == ProcReady {
		m.do(SetTimer{Timer{WatchdogSilence, g.Number, p.ID}, d})
	}
}

func (e Alive) apply(m *machine) {
	if g, p := m.findProc(e.Generation, e.Proc); p != nil {
		m.watch(g, p)
	}
}

func (e Ailing) apply(m *machine) {
	if _, p := m.findProc(e.Generation, e.Proc); p != nil && p.Phase == ProcReady {
		m.do(Destroy{e.Generation, e.Proc, "its watchdog was triggered by itself"})
	}
}

// apply: the time asked for goes to the deadline that the process works against.
func (e Extended) apply(m *machine) {
	g, p := m.findProc(e.Generation, e.Proc)
	if p == nil {
		return
	}
	switch {
	case g.Phase == Draining:
		m.do(ExtendTimer{Timer{DrainDeadline, g.Number, 0}, e.By})
		m.do(ExtendTimer{Timer{DrainDeadline, g.Number, p.ID}, e.By}) // if it left before the others
	case p.Phase == ProcStopping:
		m.do(ExtendTimer{Timer{DrainDeadline, g.Number, p.ID}, e.By})
	case g.Phase == Starting:
		m.do(ExtendTimer{Timer{ReadyDeadline, g.Number, 0}, e.By})
	case p.Phase == ProcStarting:
		m.do(ExtendTimer{Timer{ReadyDeadline, g.Number, p.ID}, e.By})
	}
}

func (e Expired) apply(m *machine) {
	t := e.Timer
	g := m.find(t.Generation)
	if g == nil {
		return
	}
	switch t.Role {
	case ReadyDeadline:
		m.late(g, t)
	case CanaryEnd:
		if g.Phase == Trying {
			m.confirmed(g)
		}
	case ConfirmEnd:
		if g.Phase == Confirming {
			m.confirmed(g)
		}
	case CheckPause:
		if g.onTrial() && !g.Checking {
			m.check(g)
		}
	case DrainDeadline:
		if p := g.proc(t.Proc); p != nil && p.Phase == ProcStopping {
			m.do(Destroy{g.Number, p.ID, notDrained})
		} else if t.Proc == 0 && g.Phase == Draining {
			m.destroy(*g, notDrained)
		}
	case BackoffEnd:
		if p := g.proc(t.Proc); p != nil && p.Phase == ProcBackoff {
			again := *p
			g.remove(again.ID)
			m.respawn(g, again)
		}
	case WatchdogSilence:
		if p := g.proc(t.Proc); p != nil && p.Phase == ProcReady {
			m.do(Destroy{g.Number, p.ID, fmt.Sprintf("its watchdog heard nothing for %v", g.Request.Policy.Watchdog)})
		}
	}
}

const notDrained = "it had not drained in time"

// late: a generation on its way in is given up; a process that was started again
// after a crash is ended, which counts as another crash.
func (m *machine) late(g *Generation, t Timer) {
	reason := fmt.Sprintf("not ready after %v", g.Request.Policy.ReadyTimeout)
	if t.Proc == 0 && g.Phase == Starting {
		m.fail(NotReady, reason)
		return
	}
	if p := g.proc(t.Proc); p != nil {
		m.useless(g, p, reason, "it was not ready in time")
	}
}

// apply does what the deadline does, earlier: a generation that may have accepted
// already drains.
func (e Unfit) apply(m *machine) {
	g, p := m.findProc(e.Generation, e.Proc)
	switch {
	case p == nil || p.Phase != ProcStarting:
	case g.Phase == Starting:
		m.fail(NotReady, e.Reason)
	default:
		m.useless(g, p, e.Reason, e.Reason)
	}
}

// useless ends a process that was started again and does not get ready.
func (m *machine) useless(g *Generation, p *Proc, reason, why string) {
	if g.Phase != Serving || p.Phase != ProcStarting {
		return
	}
	if m.Scaling.From != 0 {
		m.unscale(NotReady, reason)
	}
	m.do(Destroy{g.Number, p.ID, why})
}
