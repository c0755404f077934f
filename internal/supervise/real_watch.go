package supervise

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"time"

	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
	"github.com/seed-27ba25bb/supervisor/pkg/watch"
)

// Watch follows the files of a service, and of a Go package those that it is
// built from, whatever they are by now. A build that began when Watch did need not
// wait for it: what changed meanwhile is reported.
func (y *System) Watch(ctx context.Context, s Service, built <-chan struct{}, changed func(force bool), notice func(error)) error {
	f := follower{service: s, since: time.Now(), inputs: y.inputs}
	if err := f.refresh(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		notice(fmt.Errorf("watching no more than the package's own directory until a build succeeds: %w", err))
		f.newest = ownDirectory(s.Build)
	}
	watched := f.options()
	w, err := watch.Start(f.sinceBuild(watched))
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
				f.since = time.Now()
				changed(force)
			}
		case <-built:
			if err := f.refresh(ctx); err != nil {
				continue // the build says what is wrong with the sources
			}
			y.prepare(ctx, s)
			next := f.options()
			if reflect.DeepEqual(next, watched) {
				continue
			}
			if err := w.Update(f.sinceBuild(next)); err != nil {
				notice(fmt.Errorf("cannot watch all of the sources: %w", err))
				continue
			}
			watched = next
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
	inputs  func(context.Context, Service) (rebuild.Graph, error)
	since   time.Time // before the newest build that we asked for began
	newest  rebuild.Graph
	whole   rebuild.Graph // the newest without gaps
}

// refresh asks what the package is built from now. A graph with gaps, because some
// source does not parse, does not replace the last that was whole.
func (f *follower) refresh(ctx context.Context) error {
	if !f.service.Watch.Graph {
		return nil
	}
	g, err := f.inputs(ctx, f.service)
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
	switch {
	case f.seeks():
		o.Paths = slices.Concat(o.Paths, moduleRoots(f.newest))
	case f.service.Watch.Graph && !f.named():
		o.NoGitignore = true // what is compiled or embedded counts, generated and ignored or not
	}
	return o
}

// sinceBuild has files count that changed before they were watched, but after the
// build may have read them.
func (f *follower) sinceBuild(o watch.Options) watch.Options {
	o.Since = f.since
	return o
}

// seeks reports whether a file anywhere may be what the package lacks: an import
// that leads nowhere has no directory to be watched.
func (f *follower) seeks() bool {
	return f.newest.Incomplete != nil && !f.named()
}

// moduleRoots are the directories of the modules that people edit.
func moduleRoots(g rebuild.Graph) []string {
	var roots []string
	for _, file := range g.Files {
		if filepath.Base(file) == "go.mod" {
			roots = append(roots, filepath.Dir(file))
		}
	}
	return roots
}

// named reports whether the settings name files beside those of the graph.
func (f *follower) named() bool {
	return len(f.service.Watch.Paths) > 0 || len(f.service.Watch.Include) > 0
}

// judge says whether a batch asks for a new generation, and whether it does so
// even if the build makes the same artifact: then the running program reads the
// file for itself.
func (f *follower) judge(b watch.Batch) (matters, force bool) {
	for _, c := range b.Changes {
		switch {
		case f.newest.Has(c.Path) || f.whole.Has(c.Path):
			matters = true
		case f.seeks() && c.Op != watch.Removed && rebuild.IsGoInput(c.Path):
			matters = true
		case !f.service.Watch.Graph || f.named():
			matters = true
			force = force || f.service.kept() && !rebuild.IsGoInput(c.Path)
		}
	}
	return matters, force
}
