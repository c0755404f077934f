package supervise

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
	"github.com/seed-27ba25bb/supervisor/pkg/watch"
)

// Watch follows the files of a service, and of a Go package those that it is
// built from, whatever they are by now.
func (y *System) Watch(ctx context.Context, s Service, built <-chan struct{}, changed func(force bool), notice func(error)) error {
	f := follower{service: s}
	if err := f.refresh(ctx); err != nil {
		notice(fmt.Errorf("watching no more than the package's own directory until a build succeeds: %w", err))
		f.newest = ownDirectory(s.Build)
	}
	w, err := watch.Start(f.options())
	if err != nil {
		return fmt.Errorf("cannot watch the sources: %w", err)
	}
	defer w.Close()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-w.Notices():
			notice(err)
		case b := <-w.Batches():
			if matters, force := f.judge(b); matters {
				changed(force)
			}
		case <-built:
			if err := f.refresh(ctx); err != nil {
				continue // the build says what is wrong with the sources
			}
			if err := w.Update(f.options()); err != nil {
				notice(fmt.Errorf("cannot watch all of the sources: %w", err))
			}
		}
	}
}

// ownDirectory is a guess at what a package is built from, for as long as the go
// command cannot tell: its own files, and the go.mod above them.
func ownDirectory(o rebuild.Options) rebuild.Graph {
	dir := filepath.Join(o.Dir, o.Package)
	g := rebuild.Graph{Dirs: []string{dir}}
	for up := dir; ; up = filepath.Dir(up) {
		if _, err := os.Stat(filepath.Join(up, "go.mod")); err == nil {
			g.Files = []string{filepath.Join(up, "go.mod")}
		}
		if len(g.Files) > 0 || up == filepath.Dir(up) {
			return g
		}
	}
}

// follower knows which files matter to a service.
type follower struct {
	service Service
	newest  rebuild.Graph
	whole   rebuild.Graph // the newest without gaps
}

// refresh asks what the package is built from now. A graph with gaps, because some
// source does not parse, does not replace the last that was whole.
func (f *follower) refresh(ctx context.Context) error {
	if !f.service.Watch.Graph {
		return nil
	}
	b := f.service.Build
	g, err := rebuild.Inputs(ctx, b.Dir, b.Package, b.Env, b.Flags...)
	if err != nil {
		return err
	}
	if g.Incomplete == nil {
		f.whole = g
	}
	f.newest = g
	return nil
}

func (f *follower) options() watch.Options {
	o := f.service.Watch.Options
	for _, g := range []rebuild.Graph{f.newest, f.whole} {
		o.Dirs = slices.Concat(o.Dirs, g.Dirs)
		o.Paths = slices.Concat(o.Paths, g.Trees)
		o.Files = slices.Concat(o.Files, g.Files)
	}
	return o
}

// judge says whether a batch asks for a new generation, and whether it does so
// even if the build makes the same artifact: then the running program reads the
// file for itself.
func (f *follower) judge(b watch.Batch) (matters, force bool) {
	named := len(f.service.Watch.Paths) > 0 || len(f.service.Watch.Include) > 0
	for _, c := range b.Changes {
		switch {
		case f.newest.Has(c.Path) || f.whole.Has(c.Path):
			matters = true
		case !f.service.Watch.Graph || named:
			matters = true
			force = force || f.service.Build.Package != "" && !rebuild.IsGoInput(c.Path)
		}
	}
	return matters, force
}
