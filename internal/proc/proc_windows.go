package proc

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// errTrees says what is missing here.
var errTrees = fmt.Errorf("process trees need job objects on Windows, which supervisor does not use yet: run the service by itself: %w", errors.ErrUnsupported)

// Launcher cannot start anything on Windows yet: Start returns an error that wraps
// errors.ErrUnsupported.
type Launcher struct{ Guard *Guardian }

func (*Launcher) Prepare() {}
func (*Launcher) Close()   {}
func (*Launcher) Start(_ context.Context, spec Spec) (*Process, error) {
	return nil, &StartError{spec.Path, errTrees}
}

// Guardian is not there on Windows: job objects end what they hold.
type Guardian struct{}

func NewGuardian() (*Guardian, error) { return nil, nil }
func (*Guardian) Guard(int) func()    { return func() {} }
func (*Guardian) Close() error        { return nil }
func (*Guardian) Dismiss()            {}

// Process is never made on Windows.
type Process struct{}

func (*Process) PID() int                { return 0 }
func (*Process) Started() time.Time      { return time.Time{} }
func (*Process) Trap() (*os.File, error) { return nil, &TrapError{errTrees} }
func (*Process) Signal(os.Signal) error  { return errTrees }
func (*Process) Kill() error             { return errTrees }
func (*Process) Wait() Exit              { return Exit{Code: -1, Reason: errTrees.Error()} }
func (*Process) Contains(int) bool       { return false }

// First reports whether this is process 1, of which Windows has none.
func First() bool { return false }

// BeFirst is never called.
func BeFirst() int { return 1 }
