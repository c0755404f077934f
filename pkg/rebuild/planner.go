package rebuild

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

// planner makes a plan: it asks the go command which packages there are, and
// what it would do if it had to make all of them.
type planner struct {
	asked    string
	dir, pkg string
	env      []string // of the go command
	flags    []string // of the user
	debug    bool
	settings settings
}

// plan makes a plan for the sources as they are. The go command is asked between
// two looks; if these differ, it may have seen something else, and the error says
// so.
func (n *planner) plan(ctx context.Context, r *runner) (*plan, look, error) {
	if err := n.configure(ctx); err != nil {
		return nil, look{}, err
	}
	flags := fastFlags(n.flags, n.settings.goflags(), n.debug)
	graph, before, err := listInputs(ctx, n.dir, n.pkg, n.env, flags)
	if err != nil || graph.Incomplete != nil {
		return nil, look{}, cmp.Or(err, graph.Incomplete)
	}
	p, err := n.places(graph, before)
	if err != nil {
		return nil, look{}, err
	}
	first, err := p.Places.look()
	if err != nil {
		return nil, look{}, err
	}
	if err := n.steps(ctx, r, p, flags, before); err != nil {
		return nil, look{}, err
	}
	second, err := p.Places.look()
	if err != nil || !first.same(second) {
		return nil, look{}, cmp.Or(err, errChanging)
	}
	p.Shape = second.shape
	if err := p.base(second); err != nil {
		return nil, look{}, err
	}
	p.seal()
	return p, second, nil
}

var errChanging = errors.New("the sources were changed meanwhile")

// configure reads the settings, and says no to flags that are not understood.
func (n *planner) configure(ctx context.Context) (err error) {
	if n.settings, err = goSettings(ctx, n.dir, n.env); err != nil {
		return err
	}
	flags := slices.Concat(n.settings.goflags(), n.flags)
	if hasFlag(splitFlags(n.settings.goflags()), "ldflags") && !hasFlag(splitFlags(n.flags), "ldflags") {
		return errors.New("flag -ldflags in GOFLAGS")
	}
	if version := n.settings["GOVERSION"]; strings.HasPrefix(version, "devel") {
		return fmt.Errorf("%s: the standard library may change", version)
	}
	return checkReplayable(flags)
}

// steps asks the go command for archives and for its steps, and puts both into
// the plan.
func (n *planner) steps(ctx context.Context, r *runner, p *plan, flags []string, before []listedPackage) error {
	list, err := listPackages(ctx, n.dir, n.env, n.pkg, append([]string{"-export"}, flags...))
	if err != nil {
		return err
	}
	if !samePackages(before, list) {
		return errChanging
	}
	var said bytes.Buffer
	args := slices.Concat([]string{"build", "-a", "-n", "-o", filepath.Join(r.scratch, "a.out")}, flags, []string{"--", n.pkg})
	cmd, err := goCommand(r.env, args...)
	if err != nil {
		return err
	}
	cmd.Dir, cmd.Env = r.dir, r.env
	if err := run(ctx, r.start, cmd, io.Discard, &said); err != nil {
		return fmt.Errorf("go build -n: %w", err)
	}
	t, err := parseTrace(said.String())
	if err != nil {
		return err
	}
	return n.assemble(p, t, list)
}

// samePackages compares but for archives, which only one list has.
func samePackages(a, b []listedPackage) bool {
	return slices.EqualFunc(a, b, func(a, b listedPackage) bool {
		a.Export, b.Export = "", ""
		return reflect.DeepEqual(a, b)
	})
}
