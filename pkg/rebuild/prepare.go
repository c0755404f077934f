package rebuild

import (
	"context"
	"fmt"
)

// Prepare makes the next build fast, if Options.Fast is set. It is for the idle
// time after a Build: it takes about as long as one, and does nothing if the
// builder is prepared. A Build that begins meanwhile ends it.
//
// The error says why the next build will be plain. It is nothing to worry users
// with: what cannot be built fast is still built.
func (b *Builder) Prepare(ctx context.Context) error {
	if b.fast == nil {
		return nil
	}
	if err := b.prepareBy(ctx, b.fast.prepare); err != nil {
		return fmt.Errorf("cannot prepare a fast build of %s: %w", b.maker.target(), err)
	}
	return nil
}

// prepareBy runs one of the two ways to prepare, until a build is wanted.
func (b *Builder) prepareBy(ctx context.Context, way func(context.Context, *runner, string) error) error {
	ctx, leave, err := b.turn.takeUntilWanted(ctx)
	if err != nil {
		return err
	}
	defer leave()
	ctx, cancel := context.WithTimeoutCause(ctx, b.o.Timeout, tooLong{b.o.Timeout})
	defer cancel()
	work, err := b.store.begin()
	if err != nil {
		return err
	}
	defer work.remove()
	return way(ctx, newRunner(b.o, work.scratch()), work.exe())
}
