package rebuild

import (
	"context"
	"errors"
	"io"
	"os/exec"
)

// runner runs the commands of one build.
type runner struct {
	dir  string
	env  []string
	sink io.Writer
}

func newRunner(o Options, scratch string) *runner {
	return &runner{
		dir:  o.Dir,
		env:  append(environ(o.Env, o.Dir), "GOTMPDIR="+scratch),
		sink: o.Sink,
	}
}

func (r *runner) shellAll(ctx context.Context, step string, commands []string) error {
	for _, command := range commands {
		if err := r.shell(ctx, step, command); err != nil {
			return err
		}
	}
	return nil
}

func (r *runner) shell(ctx context.Context, step, command string) error {
	return r.run(ctx, step, command, shell(command))
}

// run runs cmd as a step of the build; command is what errors call it.
func (r *runner) run(ctx context.Context, step, command string, cmd *exec.Cmd) error {
	cmd.Dir, cmd.Env = r.dir, r.env
	whole := lines{to: r.sink}
	var last tail
	output := io.MultiWriter(&whole, &last)
	err := run(ctx, cmd, output, output)
	whole.flush()
	if err == nil {
		return nil
	}
	said := last.bytes()
	return &Error{
		Step:        step,
		Command:     command,
		Exit:        exitCode(err),
		Output:      said,
		Diagnostics: parseDiagnostics(string(said)),
		Timeout:     errors.As(err, new(tooLong)),
		Err:         err,
	}
}

func exitCode(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return -1
}
