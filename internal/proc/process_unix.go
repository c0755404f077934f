//go:build unix

package proc

import (
	"errors"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

// Process is one process tree: a leader, its process group, and on Linux every
// descendant that carries its mark.
type Process struct {
	leader  *os.Process
	mark    string
	guard   *Guardian
	started time.Time
	ending  ending
	trap    reports
	start   atomic.Uint64 // of Identity; 0: not asked for yet
}

// PID is the leader's.
func (p *Process) PID() int { return p.leader.Pid }

// Started is when the program was executed.
func (p *Process) Started() time.Time { return p.started }

// Trap is where the trapped calls of the tree are reported (seccomp_unotify(2)),
// for the caller to close once the tree is gone: before, they would fail with
// ENOSYS. It is nil if none were to be trapped, and nil with a *TrapError if none
// can be.
func (p *Process) Trap() (*os.File, error) { return p.trap.file, p.trap.err }

// Signal sends to the leader alone, which knows best how to end its children. On
// Linux, what is left of the tree when the leader has followed it gets the signal
// then: a shell that did not exec its last command. A leader that is gone already
// is no error.
func (p *Process) Signal(s os.Signal) error {
	p.ending.ask(s)
	return p.send(s)
}

func (p *Process) send(s os.Signal) error {
	if err := p.leader.Signal(s); !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

// Kill ends the whole tree now. It may be called at any time; after Wait has
// returned it does nothing.
func (p *Process) Kill() error {
	p.ending.cut()
	return p.send(syscall.SIGKILL)
}

// Wait returns when the leader is gone and nothing of its tree is left. What a
// leader leaves that ended by itself is killed; what one leaves that was asked to
// end has until Kill is called. It is to be called once.
func (p *Process) Wait() Exit {
	state, err := p.reap()
	if err != nil {
		return Exit{-1, err.Error(), time.Since(p.started)}
	}
	return Exit{state.ExitCode(), state.String(), time.Since(p.started)}
}
