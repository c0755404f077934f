//go:build unix

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// rates are requests per second in two runs that followed each other.
type rates struct{ bare, ours float64 }

func (r rates) ratio() float64 { return r.ours / r.bare }

const (
	keepaliveWorkers = 8
	// perProcess is how many runs one process of the service makes: where its
	// memory happens to lie may favour one process a little.
	perProcess = 4
)

// throughput loads the service bare and supervised, in turn.
func (b *bench) throughput(ctx context.Context, pairs int, each time.Duration) (all []rates, err error) {
	ours, err := b.startRun(ctx)
	if err != nil {
		return nil, err
	}
	defer ours.stop()
	for len(all) < pairs {
		some, err := b.againstBare(ctx, ours.serving.addr, min(perProcess, pairs-len(all)), each)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		if err := ours.handOff(ctx); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (b *bench) againstBare(ctx context.Context, addr string, pairs int, each time.Duration) (some []rates, err error) {
	bare, err := b.startBare(ctx)
	if err != nil {
		return nil, err
	}
	defer bare.stop()
	for i := range pairs {
		var r rates
		turns := []func() error{
			func() (err error) { r.bare, err = rate(ctx, bare.addr, each); return err },
			func() (err error) { r.ours, err = rate(ctx, addr, each); return err },
		}
		// A B, B A, A B: what grows with time favours neither.
		for turn := range turns {
			if err := turns[(turn+i)%2](); err != nil {
				return nil, err
			}
		}
		some = append(some, r)
	}
	return some, nil
}

// rate is how many requests per second the service answers.
func rate(ctx context.Context, addr string, d time.Duration) (float64, error) {
	timed, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	began := time.Now()
	r, err := load.Run(timed, load.Config{Load: load.Keepalive, Address: addr, Workers: keepaliveWorkers})
	took := time.Since(began)
	switch {
	case err != nil:
		return 0, err
	case ctx.Err() != nil:
		return 0, context.Cause(ctx)
	case r.Failed() > 0:
		return 0, fmt.Errorf("cannot measure requests per second: %v", r)
	}
	return float64(r.Requests) / took.Seconds(), nil
}
