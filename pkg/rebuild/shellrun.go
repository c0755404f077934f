package rebuild

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Shell runs one shell command in dir, the way the commands around a build run: in
// a process group of its own, which is ended when ctx ends, and of which nothing is
// left when Shell returns. env nil is os.Environ(). sink gets what it prints, line
// by line.
//
// The error wraps the *exec.ExitError of a command that failed, and matches
// ctx.Err() if ctx ended.
func Shell(ctx context.Context, dir string, env []string, command string, sink io.Writer) error {
	r := &runner{dir: dir, env: environ(env, dir), sink: sink}
	err := r.shell(ctx, StepCommand, command)
	if failed, ok := errors.AsType[*Error](err); ok {
		err = failed.Err
	}
	if err != nil {
		return fmt.Errorf("cannot run %q: %w", command, err)
	}
	return nil
}
