//go:build linux && !startagain

package proc

import (
	"os"
	"runtime"
)

func (l *Launcher) launch(spec Spec) (*os.Process, reports, error) {
	reach(spec)
	p, err := l.planned(spec)
	if err != nil {
		return nil, reports{}, err
	}
	defer p.line.close()
	restore := dumpable()
	pid, err := fork(p)
	restore()
	if err != nil {
		return nil, reports{}, err
	}
	failed, fd, err := p.line.hear()
	runtime.KeepAlive(p)
	process, _ := os.FindProcess(pid) // never fails for a child that nobody has waited for
	r := reports{}
	if fd >= 0 {
		r.file = reported(fd)
	}
	if err == nil {
		r.err, err = p.outcome(failed)
	}
	if err != nil {
		r.close()
		process.Kill()
		l.Guard.remove(pid) // as long as nobody else can have the PID
		process.Wait()
		return nil, reports{}, err
	}
	return process, r, nil
}

// outcome is what failures mean: that nothing is trapped, or that there is no program.
func (p *plan) outcome(failed []failure) (trap, err error) {
	trap = p.refused
	for _, f := range failed {
		switch s := p.steps[f.step]; {
		case f.errno == 0: // only says that something comes with it
		case !s.may && s.what == "":
			return nil, f.errno
		case !s.may:
			return nil, &stepError{s.what, f.errno}
		case s.what == trapping:
			trap = &TrapError{f.errno}
		}
	}
	return trap, nil
}
