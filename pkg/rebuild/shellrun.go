package rebuild

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// ShellOptions say how a shell command runs; the fields mean what they mean in
// Options.
type ShellOptions struct {
	Dir   string
	Env   []string
	Shell []string
	Sink  io.Writer // nil discards
	Start Start
}

// Shell runs one shell command the way the commands around a build run: in a
// process group of its own, which is ended when ctx ends, and of which nothing is
// left when Shell returns.
//
// The error wraps the *exec.ExitError of a command that failed, and matches
// ctx.Err() if ctx ended.
func Shell(ctx context.Context, command string, o ShellOptions) error {
	if o.Sink == nil {
		o.Sink = io.Discard
	}
	r := &runner{dir: o.Dir, env: environ(o.Env, o.Dir), sink: o.Sink, with: o.Shell, start: o.Start}
	err := r.shell(ctx, StepCommand, command)
	if failed, ok := errors.AsType[*Error](err); ok {
		err = failed.Err
	}
	if err != nil {
		return fmt.Errorf("cannot run %q: %w", command, err)
	}
	return nil
}
