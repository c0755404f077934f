//go:build unix

package main

import (
	"context"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// loaded are the answers in one time with handoffs, and in an equal time without.
type loaded struct{ calm, busy load.Report }

// worst puts a steady load on the service, in turn without and with handoffs.
func (b *bench) worst(ctx context.Context, kind load.Load, rounds, handoffs int) (all []loaded, err error) {
	s, err := b.startRun(ctx)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	for i := range rounds {
		var l loaded
		turns := []func() error{
			func() (err error) {
				l.calm, err = s.under(ctx, kind, func(ctx context.Context) error { return pause(ctx, time.Duration(handoffs)*pace) })
				return err
			},
			func() (err error) {
				l.busy, err = s.under(ctx, kind, func(ctx context.Context) error { return s.handOffs(ctx, handoffs) })
				return err
			},
		}
		for turn := range turns {
			if err := turns[(turn+i)%2](); err != nil {
				return nil, err
			}
		}
		all = append(all, l)
	}
	return all, nil
}

// under reports on a load that lasts as long as the work.
func (s *supervised) under(ctx context.Context, kind load.Load, work func(context.Context) error) (load.Report, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	worked := make(chan error, 1)
	go func() { defer cancel(); worked <- work(ctx) }()
	r, err := load.Run(ctx, load.Config{Load: kind, Address: s.serving.addr, Workers: 4, Rate: 400})
	cancel()
	if failed := <-worked; failed != nil {
		return r, failed
	}
	return r, err
}

// handOffs makes a handoff every pace, or as fast as they come.
func (s *supervised) handOffs(ctx context.Context, n int) error {
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for range n {
		if _, err := await(ctx, tick.C, "the next handoff"); err != nil {
			return err
		}
		if err := s.handOff(ctx); err != nil {
			return err
		}
	}
	return nil
}
