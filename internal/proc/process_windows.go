package proc

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/windows"
)

// Process is one process tree: a job object, and the process that was started in it.
type Process struct {
	handle  windows.Handle
	pid     int
	job     *job
	started time.Time
	ending  ending
	gone    bool // Wait is over: the handles are closed. Under ending.mu.
}

// ending is what a process tree was asked to do about its end.
type ending struct {
	mu     sync.Mutex
	asked  bool
	killed bool
}

// PID is the leader's.
func (p *Process) PID() int { return p.pid }

// Started is when the program was executed.
func (p *Process) Started() time.Time { return p.started }

// Trap is nothing on Windows, where no call can be made to wait.
func (p *Process) Trap() (*os.File, error) { return nil, &TrapError{errTrap} }

var errTrap = fmt.Errorf("no call of a process can be made to wait on Windows: %w", errors.ErrUnsupported)

// Signal asks the leader to end: by CTRL_BREAK to its process group, which reaches it
// if it has the supervisor's console. os.Kill is Kill.
func (p *Process) Signal(s os.Signal) error {
	if s == os.Kill {
		return p.Kill()
	}
	p.ending.mu.Lock() // until it is sent, Wait does not let go of the PID
	defer p.ending.mu.Unlock()
	p.ending.asked = true
	if p.gone {
		return nil
	}
	if err := windows.GenerateConsoleCtrlEvent(windows.CTRL_BREAK_EVENT, uint32(p.pid)); err != nil {
		return fmt.Errorf("CTRL_BREAK cannot be sent (without a console there is none; use pkg/handoff): %w", err)
	}
	return nil
}

// Expect says that the tree was asked to end in another way: what its leader leaves
// has until Kill is called. It reports whether there is still somebody to ask.
func (p *Process) Expect() bool {
	p.ending.mu.Lock()
	defer p.ending.mu.Unlock()
	p.ending.asked = true
	return !p.gone
}

// Kill ends the whole tree now. It may be called at any time; after Wait has
// returned it does nothing.
func (p *Process) Kill() error {
	p.ending.mu.Lock()
	defer p.ending.mu.Unlock()
	p.ending.killed = true
	if p.gone {
		return nil
	}
	return p.job.terminate()
}

// Wait returns when the leader is gone and nothing of its tree is left. What a
// leader leaves that ended by itself is killed; what one leaves that was asked to
// end has until Kill is called. It is to be called once.
func (p *Process) Wait() Exit {
	_, err := windows.WaitForSingleObject(p.handle, windows.INFINITE)
	var code uint32
	if err == nil {
		err = windows.GetExitCodeProcess(p.handle, &code)
	}
	p.ending.mu.Lock()
	killed := p.ending.killed
	if !p.ending.asked {
		p.job.terminate()
	}
	p.ending.mu.Unlock()
	p.job.awaitEmpty()
	p.ending.mu.Lock()
	defer p.ending.mu.Unlock()
	p.gone = true
	windows.CloseHandle(p.handle)
	p.job.close()
	return exitOf(code, killed, time.Since(p.started), err)
}

func exitOf(code uint32, killed bool, uptime time.Duration, err error) Exit {
	switch {
	case err != nil:
		return Exit{-1, err.Error(), uptime}
	case killed && code == killedCode:
		return Exit{-1, "killed", uptime}
	case code >= 1<<31:
		return Exit{int(int32(code)), fmt.Sprintf("exit status %#x (%v)", code, windows.NTStatus(code)), uptime}
	}
	return Exit{int(code), fmt.Sprintf("exit status %d", code), uptime}
}

// Contains reports whether pid belongs to the tree. A process that is gone is given
// the benefit of the doubt, and so is everyone once the tree is: what it said last may
// be read after its end.
func (p *Process) Contains(pid int) bool {
	in, err := p.holds(pid)
	return in || errors.Is(err, ErrGone)
}

// Holds reports whether pid belongs to the tree and runs.
func (p *Process) Holds(pid int) bool {
	in, _ := p.holds(pid)
	return in
}

func (p *Process) holds(pid int) (bool, error) {
	p.ending.mu.Lock()
	defer p.ending.mu.Unlock()
	if p.gone {
		return false, ErrGone
	}
	return p.job.holds(pid)
}

// First reports whether this is process 1, of which Windows has none.
func First() bool { return false }

// BeFirst is never called.
func BeFirst() int { return 1 }
