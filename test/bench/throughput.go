//go:build unix

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// rates are what two runs gave that followed each other.
type rates struct{ bare, ours rate }

// rate is what the service did in one run.
type rate struct {
	perSecond    float64 // requests
	perCPUSecond float64 // requests per second of CPU time of the service; 0 where that is not known
}

func (r rates) perSecond() float64    { return r.ours.perSecond / r.bare.perSecond }
func (r rates) perCPUSecond() float64 { return r.ours.perCPUSecond / r.bare.perCPUSecond }

const (
	clients = 8
	// perProcess is how many runs one process of the service makes: where its
	// memory happens to lie may favour one process a little.
	perProcess = 4
)

// throughput loads the service bare and supervised, in turn.
func (b *bench) throughput(ctx context.Context, begin func(context.Context) (*supervised, error), kind load.Load, pairs int, each time.Duration) (all []rates, err error) {
	ours, err := begin(ctx)
	if err != nil {
		return nil, err
	}
	defer ours.stop()
	for len(all) < pairs {
		some, err := b.againstBare(ctx, ours.serving, kind, min(perProcess, pairs-len(all)), each)
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

func (b *bench) againstBare(ctx context.Context, ours *process, kind load.Load, pairs int, each time.Duration) (some []rates, err error) {
	bare, err := b.startBare(ctx)
	if err != nil {
		return nil, err
	}
	defer bare.stop()
	for i := range pairs {
		var r rates
		turns := []func() error{
			func() (err error) { r.bare, err = bare.measure(ctx, kind, each); return err },
			func() (err error) { r.ours, err = ours.measure(ctx, kind, each); return err },
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

// measure counts the requests that the process answers.
func (p *process) measure(ctx context.Context, kind load.Load, d time.Duration) (rate, error) {
	timed, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	before, _ := onCPU(p.pid)
	began := time.Now()
	r, err := load.Run(timed, load.Config{Load: kind, Address: p.addr, Workers: clients})
	took := time.Since(began)
	after, _ := onCPU(p.pid)
	switch {
	case err != nil:
		return rate{}, err
	case ctx.Err() != nil:
		return rate{}, context.Cause(ctx)
	case r.Failed() > 0:
		return rate{}, fmt.Errorf("cannot measure requests per second: %v", r)
	}
	result := rate{perSecond: float64(r.Requests) / took.Seconds()}
	if used := after - before; used > 0 {
		result.perCPUSecond = float64(r.Requests) / used.Seconds()
	}
	return result, nil
}
