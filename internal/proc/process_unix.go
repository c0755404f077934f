//go:build unix

package proc

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Process is one process tree: a leader, its process group, and on Linux every
// descendant that carries its mark.
type Process struct {
	cmd     *exec.Cmd
	mark    string
	guard   *Guardian
	started time.Time
}

// PID is the leader's.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Started is when the program was executed.
func (p *Process) Started() time.Time { return p.started }

// Signal sends to the leader alone, which knows best how to end its children. A
// leader that is gone already is no error.
func (p *Process) Signal(s os.Signal) error {
	if err := p.cmd.Process.Signal(s); !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

// Kill ends the whole tree now. It may be called at any time; after Wait has
// returned it does nothing.
func (p *Process) Kill() error { return p.Signal(syscall.SIGKILL) }

// Wait returns when the leader is gone and nothing of its tree is left: what the
// leader leaves behind is killed. It is to be called once.
func (p *Process) Wait() Exit {
	err := p.reap()
	state := p.cmd.ProcessState
	if state == nil {
		return Exit{-1, err.Error(), time.Since(p.started)}
	}
	return Exit{state.ExitCode(), state.String(), time.Since(p.started)}
}
