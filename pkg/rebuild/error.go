package rebuild

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"
)

// The steps of a build, as Error.Step names them.
const (
	StepBefore  = "before"
	StepGo      = "go build"
	StepCommand = "command"
	StepAfter   = "after"
	StepStore   = "store"
	StepKeep    = "keep" // of what is not built
)

var (
	// ErrNoGo says that there is no go command to run.
	ErrNoGo = errors.New("cannot find the go command: it is not on PATH; install it from https://go.dev/dl, or build with a command of your own")
	// ErrNoModule says that a directory is not in a Go module or workspace.
	ErrNoModule = errors.New("cannot find a Go module")
)

// Error is why a build failed.
type Error struct {
	Target      string       // what was to be built: the package or the output
	Step        string       // which step failed, one of the Step constants
	Command     string       // the command of that step; "" for StepStore and StepKeep
	Exit        int          // its exit code; -1 if it has none: not started, or ended by a signal
	Output      []byte       // the last 64 KiB that the step printed
	Diagnostics []Diagnostic // what Output says about places in source files
	Timeout     bool         // the time was over
	Err         error        // the cause
}

// Error is one line: the step, the cause, and the first thing that the compiler
// or command had to say.
func (e *Error) Error() string {
	if e.Step == StepKeep {
		return fmt.Sprintf("cannot take %s: %v", e.Target, e.Err)
	}
	text := fmt.Sprintf("cannot build %s: %s", e.Target, e.Step)
	if e.Command != "" && e.Step != StepGo {
		text += fmt.Sprintf(" %q", e.Command)
	}
	text += ": " + e.Err.Error()
	if why := e.why(); why != "" {
		text += ": " + why
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// why is what the output of a command that failed by itself says, in a line.
func (e *Error) why() string {
	var exit *exec.ExitError
	if !errors.As(e.Err, &exit) {
		return ""
	}
	switch n := len(e.Diagnostics); n {
	case 0:
		return lastLine(e.Output)
	case 1:
		return e.Diagnostics[0].short()
	default:
		return fmt.Sprintf("%s (and %d more)", e.Diagnostics[0].short(), n-1)
	}
}

func lastLine(output []byte) string {
	const longest = 200
	output = bytes.TrimSpace(output)
	line := bytes.TrimSpace(output[bytes.LastIndexByte(output, '\n')+1:])
	if len(line) > longest {
		return string(bytes.ToValidUTF8(line[:longest], nil)) + "…"
	}
	return string(line)
}

// tooLong is the cause of a build's context when its own time is over.
type tooLong struct{ after time.Duration }

func (t tooLong) Error() string { return fmt.Sprintf("not done after %v", t.after) }
func (t tooLong) Unwrap() error { return context.DeadlineExceeded }

// ended is the error of a context that has ended. It matches both ctx.Err() and
// the cause.
func ended(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if errors.Is(cause, err) {
		return cause
	}
	return fmt.Errorf("%w: %w", err, cause)
}
