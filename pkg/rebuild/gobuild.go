package rebuild

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
)

// goBuild is a build by the go command.
type goBuild struct {
	pkg   string
	flags []string
	debug bool // only a fast build can do without
}

func (g goBuild) target() string { return g.pkg }

func (g goBuild) build(ctx context.Context, r *runner, exe string) (string, error) {
	return "", g.run(ctx, r, exe, g.flags)
}

func (g goBuild) run(ctx context.Context, r *runner, exe string, flags []string) error {
	args := append([]string{"build", "-o", exe}, flags...)
	cmd, err := goCommand(r.env, append(args, "--", g.pkg)...)
	if err != nil {
		return &Error{Step: StepGo, Command: g.command(), Exit: -1, Err: err}
	}
	return r.run(ctx, StepGo, g.command(), cmd)
}

// command leaves out what the user did not write.
func (g goBuild) command() string {
	return strings.Join(append(append([]string{"go build"}, g.flags...), g.pkg), " ")
}

// collect has nothing to fetch. But go build succeeds without making an
// executable: of a package that is not main it makes an archive.
func (g goBuild) collect(exe string) error {
	info, err := os.Stat(exe)
	switch {
	case errors.Is(err, os.ErrNotExist):
		err = errors.New("it made no executable")
	case err == nil && !executable(info):
		err = fmt.Errorf("%s is not a main package", g.pkg)
	}
	if err != nil {
		return &Error{Step: StepGo, Command: g.command(), Exit: 0, Err: err}
	}
	return nil
}
