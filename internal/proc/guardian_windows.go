package proc

import (
	"os"
	"os/exec"
)

// Guardian has Windows end the process trees that it guards when this program is
// killed: its job is held by nobody else. A nil Guardian guards nothing.
type Guardian struct{ job *job }

// NewGuardian makes the guardian.
func NewGuardian() (*Guardian, error) {
	j, err := newJob(true, Settings{})
	if err != nil {
		return nil, err
	}
	return &Guardian{j}, nil
}

// Start starts a command under the guardian, with all that it starts from then on: before
// it can run, if it is to be started suspended. ended does nothing: a process leaves its
// job by ending.
func (g *Guardian) Start(cmd *exec.Cmd) (leader *os.Process, ended func(), err error) {
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	if g != nil {
		g.job.add(cmd.Process.Pid) // one that has ended already needs no guardian
	}
	return cmd.Process, func() {}, nil
}

// Close ends what is still guarded.
func (g *Guardian) Close() error {
	if g != nil {
		g.job.close()
	}
	return nil
}

// Dismiss leaves alone what is guarded. Close must be called all the same.
func (g *Guardian) Dismiss() {
	if g != nil {
		g.job.restrict(false, Settings{})
	}
}
