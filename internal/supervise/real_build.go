package supervise

import (
	"context"
	"io"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// builders keeps the Builder of each service: one that is kept learns from each
// build.
type builders struct {
	mu  sync.Mutex // services build at the same time
	all map[string]*builder

	idle sync.Mutex // see whenIdle
}

type builder struct {
	*rebuild.Builder
	options rebuild.Options
	sink    *sink
}

// sink is where the build that runs prints to.
type sink struct{ to atomic.Pointer[io.Writer] }

func (k *sink) Write(p []byte) (int, error) {
	if w := k.to.Load(); w != nil {
		return (*w).Write(p)
	}
	return len(p), nil
}

// of returns the builder of a service, a new one if its settings are new.
func (b *builders) of(s Service, guard *proc.Guardian) (*builder, error) {
	o, err := s.buildOptions()
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if one := b.all[s.Name]; one != nil && reflect.DeepEqual(one.options, o) {
		return one, nil
	}
	one := &builder{options: o, sink: &sink{}}
	o.Sink, o.Start = one.sink, guard.Start
	if one.Builder, err = rebuild.New(o); err != nil {
		return nil, err
	}
	if b.all == nil {
		b.all = map[string]*builder{}
	}
	b.all[s.Name] = one
	return one, nil
}

// buildOptions are those of the build, or of the copy that is made of the command.
func (s Service) buildOptions() (o rebuild.Options, err error) {
	o = s.Build
	if !s.Built() && len(s.Command) > 0 {
		o.Output, err = s.find(s.Command[0], environment(s, 0))
	}
	return o, err
}

// Build runs the service's build.
func (y *System) Build(ctx context.Context, s Service, output io.Writer) (rebuild.Artifact, error) {
	b, err := y.builders.of(s, y.Guardian)
	if err != nil {
		return rebuild.Artifact{}, err
	}
	b.sink.to.Store(&output)
	defer b.sink.to.CompareAndSwap(&output, nil)
	return b.Builder.Build(ctx)
}

// Tidy removes old artifacts. What cannot be removed now can be next time.
func (y *System) Tidy(s Service, inUse []string) {
	if b, err := y.builders.of(s, y.Guardian); err == nil {
		b.Prune(inUse...)
	}
}

// inputs is what a build of the service's package reads now.
func (y *System) inputs(ctx context.Context, s Service) (rebuild.Graph, error) {
	b, err := y.builders.of(s, y.Guardian)
	if err != nil {
		return rebuild.Graph{}, err
	}
	return b.Inputs(ctx)
}

// prepare makes the next build fast. A build that comes meanwhile ends it. Why it
// cannot be done nobody needs to know: the next build is a plain one then.
func (y *System) prepare(ctx context.Context, s Service) {
	if !s.Build.Fast {
		return
	}
	b, err := y.builders.of(s, y.Guardian)
	if err != nil {
		return
	}
	y.jobs.Go(func() {
		y.builders.whenIdle(func() { b.Prepare(ctx) })
		// The plans of all services come first: a linker may take long.
		y.builders.whenIdle(func() { b.PrepareLinker(ctx) })
		if y.Prepared != nil {
			y.Prepared()
		}
	})
}

// whenIdle runs what takes a core or two, one at a time.
func (b *builders) whenIdle(f func()) {
	b.idle.Lock()
	defer b.idle.Unlock()
	f()
}
