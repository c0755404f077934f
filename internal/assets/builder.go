package assets

import (
	"context"
	"fmt"

	"github.com/evanw/esbuild/pkg/api"
)

// Result is what a build did.
type Result struct {
	// Inputs are the files that the bundles are made from, absolute and sorted. After
	// a failure they are those of the last success and the files that the problems
	// are in: a build with one of them changed may go another way.
	Inputs []string
	// Changed are the files written, absolute and sorted: those whose content is new.
	Changed []string
	// Warnings are about what was built all the same.
	Warnings []Problem
}

// Builder bundles again and again. It is for one goroutine at a time.
type Builder struct {
	options Options
	esbuild api.BuildContext
	inputs  []string
}

// New returns a Builder, which is to be closed. It builds nothing yet.
func New(o Options) (*Builder, error) {
	o, err := o.resolve()
	if err != nil {
		return nil, fmt.Errorf("cannot build assets: %w", err)
	}
	c, wrong := api.Context(o.esbuild())
	if wrong != nil {
		return nil, fmt.Errorf("cannot build assets: %w", wrong)
	}
	return &Builder{options: o, esbuild: c}, nil
}

// Close gives back what the Builder keeps in memory.
func (b *Builder) Close() { b.esbuild.Dispose() }

// Build bundles and writes the files whose content is new, each in one step: a
// reader sees the old or the new. What is wrong with the source is an *Error;
// nothing is written then.
func (b *Builder) Build(ctx context.Context) (Result, error) {
	built, err := b.run(ctx)
	if err != nil {
		return Result{Inputs: b.inputs}, fmt.Errorf("cannot build assets: %w", err)
	}
	r := Result{Warnings: problems(built.Warnings)}
	if len(built.Errors) > 0 {
		failed := &Error{Problems: problems(built.Errors)}
		r.Inputs = union(b.inputs, b.files(failed.Problems))
		return r, failed
	}
	if b.inputs, err = inputs(built.Metafile, b.options.Dir); err != nil {
		return r, fmt.Errorf("cannot build assets: %w", err)
	}
	r.Inputs = b.inputs
	r.Changed, err = write(built.OutputFiles)
	return r, err
}

// run returns the cause of ctx once that has ended, whatever was built.
func (b *Builder) run(ctx context.Context) (api.BuildResult, error) {
	cancelled := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(cancelled)
		b.esbuild.Cancel()
	})
	built := b.esbuild.Rebuild()
	if !stop() {
		<-cancelled
	}
	return built, context.Cause(ctx)
}
