package lifecycle

import (
	"fmt"
	"slices"
)

// apply: the end of a process is expected while it drains, the end of its
// generation's way in while it starts, and a crash while it serves.
func (e Exited) apply(m *machine) {
	g, p := m.findProc(e.Generation, e.Proc)
	if p == nil {
		return
	}
	gone := *p
	g.Procs = slices.DeleteFunc(g.Procs, func(p Proc) bool { return p.ID == gone.ID })
	switch {
	case g.Phase == Draining:
		m.drained()
	case e.Clean && g.Request.Policy.Once:
		m.finished(g)
	case g.Phase == Starting:
		m.fail(Died, e.Reason+" before it was ready")
	case g.Phase == Confirming:
		m.fail(RolledBack, e.Reason+" before it was confirmed")
	case g.Phase == Serving:
		m.revive(g, gone, e)
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
	case ConfirmEnd:
		if g.Phase == Confirming {
			m.held(g)
		}
	case CheckPause:
		if g.Phase == Confirming && !g.Checking {
			m.check(g)
		}
	case DrainDeadline:
		if g.Phase == Draining {
			m.destroy(*g, "it had not drained in time")
		}
	case BackoffEnd:
		if p := g.proc(t.Proc); p != nil && p.Phase == ProcBackoff {
			again := *p
			g.Procs = slices.DeleteFunc(g.Procs, func(p Proc) bool { return p.ID == again.ID })
			m.respawn(g, again)
		}
	case WatchdogSilence:
		if p := g.proc(t.Proc); p != nil && p.Phase == ProcReady {
			m.do(Destroy{g.Number, p.ID, fmt.Sprintf("its watchdog heard nothing for %v", g.Request.Policy.Watchdog)})
		}
	}
}

// late: a generation on its way in is given up; a process that was started again
// after a crash is ended, which counts as another crash.
func (m *machine) late(g *Generation, t Timer) {
	if t.Proc == 0 && g.Phase == Starting {
		m.fail(NotReady, fmt.Sprintf("not ready after %v", g.Request.Policy.ReadyTimeout))
		return
	}
	if p := g.proc(t.Proc); p != nil && g.Phase == Serving && p.Phase == ProcStarting {
		m.do(Destroy{g.Number, p.ID, "it was not ready in time"})
	}
}
