package probe

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"
)

// outputTime is how long to wait for the end of standard error after the program
// is gone: something that it left may hold it open.
const outputTime = 250 * time.Millisecond

// Exec runs a program once, in dir and with env, which nil makes this process's
// own. It returns nil if the program exits with 0; otherwise the error ends with
// the last lines of its standard error.
//
// The program runs in a process group of its own, on Windows in a job object, nothing of
// which outlives the call. When ctx ends it is killed, and so is what it leaves behind
// when it exits.
func Exec(ctx context.Context, args []string, dir string, env []string) error {
	if len(args) == 0 {
		return &UnsupportedError{"cannot probe: no program given"}
	}
	var stderr tail
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env = dir, env
	cmd.Stderr = &stderr
	cmd.WaitDelay = outputTime
	all := newGroup(cmd)
	err := cmd.Start()
	if err == nil {
		all.began(cmd.Process)
		err = cmd.Wait()
	}
	all.end(cmd.Process)
	switch {
	case err == nil || errors.Is(err, exec.ErrWaitDelay):
		return nil
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	}
	if text := stderr.String(); text != "" {
		return fmt.Errorf("cannot probe by %s: %w: %s", args[0], err, text)
	}
	return fmt.Errorf("cannot probe by %s: %w", args[0], err)
}
