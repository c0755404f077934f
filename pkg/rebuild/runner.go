package rebuild

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// runner runs the commands of one build.
type runner struct {
	dir     string
	env     []string
	scratch string // for what is removed when the build ends
	sink    io.Writer
	with    []string // Options.Shell
	start   Start
}

func newRunner(o Options, scratch string) *runner {
	return &runner{
		dir:     o.Dir,
		env:     append(environ(o.Env, o.Dir), "GOTMPDIR="+scratch),
		scratch: scratch,
		sink:    o.Sink,
		with:    o.Shell,
		start:   o.Start,
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
	return r.run(ctx, step, command, inShell(r.with, command))
}

// inShell has a shell run a command line.
func inShell(with []string, command string) *exec.Cmd {
	if len(with) == 0 {
		return shell(command)
	}
	return exec.Command(with[0], append(with[1:len(with):len(with)], command)...)
}

// run runs cmd as a step of the build; command is what errors call it.
func (r *runner) run(ctx context.Context, step, command string, cmd *exec.Cmd) error {
	cmd.Dir, cmd.Env = r.dir, r.env
	whole := lines{to: r.sink}
	var last tail
	output := io.MultiWriter(&whole, &last)
	err := run(ctx, r.start, cmd, output, output)
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

// tool runs a tool of the go command. That is expected to say nothing: what the
// go command would make of it, only the go command knows.
func (r *runner) tool(ctx context.Context, c command, env []string) error {
	cmd := exec.Command(c.Args[0], c.Args[1:]...)
	cmd.Dir, cmd.Env = r.dir, slices.Concat(r.env, env, c.Env)
	var said tail
	err := run(ctx, r.start, cmd, &said, &said)
	if err == nil && len(said.kept) > 0 {
		err = errors.New("it has something to say")
	}
	if err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(c.Args[0]), err, said.bytes())
	}
	return nil
}

// clear makes room for another attempt at exe.
func (r *runner) clear(exe string) error {
	if err := errors.Join(os.RemoveAll(exe), os.RemoveAll(r.scratch)); err != nil {
		return err
	}
	return os.Mkdir(r.scratch, 0o700)
}

func exitCode(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return -1
}
