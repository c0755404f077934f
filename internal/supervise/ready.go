package supervise

import (
	"context"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// signs are what the messages of one process say about its readiness. Each is
// closed when it is seen for the first time, by the one goroutine that listens.
type signs struct {
	spoke chan struct{} // it sends messages at all
	ready chan struct{} // READY=1
	deaf  chan error    // why its messages cannot be heard any more; has room for it
}

func newSigns() signs {
	return signs{spoke: make(chan struct{}), ready: make(chan struct{}), deaf: make(chan error, 1)}
}

// message waits for READY=1.
func (s signs) message(ctx context.Context) error {
	select {
	case <-s.ready:
		return nil
	case err := <-s.deaf:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s signs) spoken() bool {
	select {
	case <-s.spoke:
		return true
	default:
		return false
	}
}

// awaitReady watches one process until it can serve or is gone.
func (r *run) awaitReady(ctx context.Context, child Child, seen signs) {
	by, err := r.sign(ctx, child, seen)
	if err == nil {
		err = r.confirmed(ctx, by)
	}
	if ctx.Err() != nil {
		return
	}
	took := time.Since(r.began)
	r.s.do(func() {
		if err != nil {
			r.s.happen(r.v, lifecycle.Unfit{Generation: r.generation, Proc: r.id, Reason: err.Error()})
			return
		}
		if g := r.v.gens[r.generation]; g != nil && g.readyBy == "" {
			g.readyBy, g.readyIn = by, took
		}
		r.v.relay.Ready(r.passes())
		r.s.happen(r.v, lifecycle.Ready{Generation: r.generation, Proc: r.id})
	})
}

// sign returns what showed that the process is ready.
func (r *run) sign(ctx context.Context, child Child, seen signs) (by string, err error) {
	want := r.launch.Service.Ready
	switch want.By {
	case "notify":
		return "notify", seen.message(ctx)
	case "alive":
		return "alive", pause(ctx, want.After)
	case "http", "tcp", "exec":
		return want.By, r.s.world.Probe(ctx, r.launch.Service, child)
	}
	return r.anySign(ctx, seen)
}

// anySign takes READY=1 from a service that speaks notify. One that does not, by
// now and in all its generations before, is ready when it listens where the former
// one did, or, if nothing is known of that, when it is still alive after a while.
func (r *run) anySign(ctx context.Context, seen signs) (by string, err error) {
	if !r.speaks {
		if by, err = r.firstSign(ctx, seen); err != nil || by != "notify" {
			return by, err
		}
	}
	return "notify", seen.message(ctx)
}

func (r *run) firstSign(ctx context.Context, seen signs) (by string, err error) {
	timer := time.NewTimer(r.launch.Service.Ready.After)
	defer timer.Stop()
	listening, alive := r.listening(ctx), timer.C
	for {
		select {
		case <-seen.spoke:
			return "notify", nil
		case err := <-seen.deaf:
			return "", err
		case <-listening:
			if seen.spoken() {
				return "notify", nil
			}
			return "listen", nil
		case <-alive:
			if !r.replaces() {
				return "alive", nil
			}
			r.missed()
			alive = nil
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

func wait(ctx context.Context, event <-chan struct{}) error {
	select {
	case <-event:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
