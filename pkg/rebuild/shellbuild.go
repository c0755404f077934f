package rebuild

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// shellBuild is a build by any command.
type shellBuild struct{ dir, command, output, name string }

func (s shellBuild) target() string {
	if s.output == "" {
		return s.name
	}
	return s.output
}

func (s shellBuild) build(ctx context.Context, r *runner, _ string) (string, error) {
	return "", r.shell(ctx, StepCommand, s.command)
}

func (s shellBuild) collect(exe string) error {
	output := s.path()
	if err := s.usable(output); err != nil {
		return &Error{Step: StepCommand, Command: s.command, Exit: 0, Err: err}
	}
	return copyFile(exe, output)
}

func (s shellBuild) path() string { return inDir(s.dir, s.output) }

func inDir(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

func (s shellBuild) usable(output string) error {
	info, err := os.Stat(output)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("it made no %s in %s", s.output, s.dir)
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file", s.output)
	case !executable(info):
		return fmt.Errorf("%s is not executable (mode %v)", s.output, info.Mode().Perm())
	}
	return nil
}
