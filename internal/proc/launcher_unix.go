//go:build unix

package proc

import (
	"context"
	"os"
	"time"
)

// Launcher starts processes. The zero value works.
type Launcher struct {
	// Guard, if set, ends the processes when this program is killed.
	Guard *Guardian
}

// Start runs a process, as leader of a process group of its own unless it is to be
// in the foreground. It returns when the program has been executed, or with a
// *StartError. Once begun, a start takes as long as exec does; ctx does not end it.
func (l *Launcher) Start(ctx context.Context, spec Spec) (*Process, error) {
	if ctx.Err() != nil {
		return nil, &StartError{spec.Path, context.Cause(ctx)}
	}
	started := time.Now()
	process, trap, err := l.launch(spec)
	if err != nil {
		return nil, &StartError{spec.Path, err}
	}
	return &Process{leader: process, mark: spec.Mark, guard: l.Guard, started: started, trap: trap}, nil
}

// reports is where the trapped calls of a process are reported.
type reports struct {
	file *os.File
	err  error // why nothing is trapped
}

func (r reports) close() {
	if r.file != nil {
		r.file.Close()
	}
}
