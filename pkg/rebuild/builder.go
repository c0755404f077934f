package rebuild

import (
	"context"
	"fmt"
	"os"
	"time"
)

// Builder builds one executable again and again. With Options.Fast it learns from
// each build, so it should be kept from one to the next.
//
// Build and Prepare may be called from several goroutines: they take turns, and a
// Build ends a Prepare that is under way. The other methods do not wait.
type Builder struct {
	o     Options
	maker maker
	fast  *fastBuild // nil without Options.Fast
	store store
	turn  turn
}

// maker is the middle of a build: between the Before and the After commands it
// makes the executable, and after them it puts it at a path in the store. The
// kinds of build differ here only.
type maker interface {
	// target is what errors say was built.
	target() string
	// build makes the executable, at exe if it can choose where. If it knows
	// that an artifact in the store is what it would make, it returns its hash
	// instead.
	build(ctx context.Context, r *runner, exe string) (kept string, err error)
	// collect sees to it that the executable is at exe.
	collect(exe string) error
}

// New checks o, makes the store, and removes what builds that were cut short
// by a crash left there.
func New(o Options) (*Builder, error) {
	o, err := o.complete()
	if err != nil {
		return nil, fmt.Errorf("cannot prepare a build: %w", err)
	}
	b := &Builder{o: o, store: store{dir: o.Store, name: o.Name}, turn: newTurn()}
	switch plain := (goBuild{pkg: o.Package, flags: o.Flags, debug: o.Debug}); {
	case o.Command == "" && o.Package == "":
		b.maker = keepBuild{shellBuild{dir: o.Dir, output: o.Output, name: o.Name}}
	case o.Command != "":
		b.maker = shellBuild{dir: o.Dir, command: o.Command, output: o.Output, name: o.Name}
	case o.Fast:
		b.fast = &fastBuild{goBuild: plain, dir: o.Dir, store: b.store, memory: openMemory(b.store.memory()),
			linkers: linkers{dir: o.Linkers, wanted: hugePagesOnRequest()}}
		b.maker = b.fast
	default:
		b.maker = plain
	}
	if err := os.MkdirAll(o.Store, 0o755); err != nil {
		return nil, fmt.Errorf("cannot prepare a build: cannot make the store: %w", err)
	}
	if err := b.store.sweep(time.Now().Add(-o.Timeout)); err != nil {
		return nil, fmt.Errorf("cannot prepare a build: cannot clean the store: %w", err)
	}
	return b, nil
}

// Build runs the commands and returns what they made. If the content is that
// of an earlier artifact, the earlier one is returned: its Hash tells.
//
// When ctx ends, the running command's process group is ended, too, and Build
// returns only when all of it is gone. A failed, late or cancelled build leaves
// the store as it was, with every earlier artifact.
//
// The error is an [*Error]. It matches ctx.Err() and context.Cause(ctx) if ctx
// ended, context.DeadlineExceeded if the time was over, [ErrNoGo] if there is
// no go command, and syscall.ENOSPC if the store's disk is full.
func (b *Builder) Build(ctx context.Context) (Artifact, error) {
	began := time.Now()
	b.turn.take()
	defer b.turn.leave()
	a, err := b.make(ctx)
	if err != nil {
		return Artifact{}, b.fail(err)
	}
	if b.fast != nil {
		b.fast.done(a)
	}
	a.Took = a.Built.Sub(began)
	return a, nil
}

func (b *Builder) make(ctx context.Context) (Artifact, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, b.o.Timeout, tooLong{b.o.Timeout})
	defer cancel()

	work, err := b.store.begin()
	if err != nil {
		return Artifact{}, err
	}
	defer work.remove()

	if b.o.Runs != "" {
		free(b.o.Dir, b.o.Runs)
	}
	r := newRunner(b.o, work.scratch())
	if err := r.shellAll(ctx, StepBefore, b.o.Before); err != nil {
		return Artifact{}, err
	}
	kept, err := b.maker.build(ctx, r, work.exe())
	if err != nil {
		return Artifact{}, err
	}
	if err := r.shellAll(ctx, StepAfter, b.o.After); err != nil {
		return Artifact{}, err
	}
	if kept != "" {
		return b.store.touch(kept)
	}
	if b.o.Command != "" && b.o.Output == "" {
		return Artifact{Built: time.Now()}, nil
	}
	if err := b.maker.collect(work.exe()); err != nil {
		return Artifact{}, err
	}
	return b.store.keep(work)
}

// fail makes the *Error of whatever a build returned.
func (b *Builder) fail(err error) error {
	e, ok := err.(*Error)
	if !ok {
		e = &Error{Step: StepStore, Exit: -1, Err: err}
	}
	e.Target = b.maker.target()
	return e
}

// Artifacts returns the artifacts in the store under this builder's name,
// newest first.
func (b *Builder) Artifacts() ([]Artifact, error) {
	all, err := b.store.list()
	if err != nil {
		return nil, fmt.Errorf("cannot list artifacts: %w", err)
	}
	return all, nil
}

// Prune removes the oldest artifacts: beside those whose hashes are inUse, it
// leaves the Keep that served last, and then the newest. What it cannot remove it leaves, and goes on; the
// error joins all that went wrong.
func (b *Builder) Prune(inUse ...string) error {
	if err := b.store.prune(b.o.Keep, inUse); err != nil {
		return fmt.Errorf("cannot remove old artifacts: %w", err)
	}
	return nil
}

// Inputs finds what the build of Package reads, with Flags and Env. It needs a
// builder of a Package. It is quick if the builder is prepared and nothing but
// the contents of files has changed since.
func (b *Builder) Inputs(ctx context.Context) (Graph, error) {
	if b.o.Package == "" {
		return Graph{}, fmt.Errorf("cannot find what %q reads: only the inputs of a Go package are known", b.o.Command)
	}
	if b.fast != nil {
		if p, _ := b.fast.match(environ(b.o.Env, b.o.Dir)); p != nil {
			return p.Graph.graph(), nil
		}
	}
	return Inputs(ctx, b.o.Dir, b.o.Package, b.o.Env, b.o.Flags...)
}
