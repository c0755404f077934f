package main

import (
	"context"
	"fmt"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// losses counts the requests that fail while saves are served.
func (b *bench) losses(ctx context.Context, tools []*tool, reloads int) error {
	for _, t := range tools {
		if !t.reverts && !t.tuned {
			continue
		}
		say("%d reloads under load, %s", reloads, t.name)
		t.missed = 0
		r, err := t.underLoad(ctx, reloads)
		if err != nil {
			return fmt.Errorf("%s, under load: %w", t.name, err)
		}
		b.table.losses(t, r, reloads)
	}
	return nil
}

// underLoad saves again and again while 200 connections a second are opened.
func (t *tool) underLoad(ctx context.Context, reloads int) (load.Report, error) {
	if err := t.settle(ctx); err != nil {
		return load.Report{}, err
	}
	loading, stop := context.WithCancel(ctx)
	defer stop()
	type outcome struct {
		report load.Report
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		r, err := load.Run(loading, load.Config{Load: load.HTTP, Address: t.tree.address, Workers: 40, Rate: 200})
		done <- outcome{r, err}
	}()
	err := t.reload(loading, reloads)
	stop()
	o := <-done
	if err == nil {
		err = o.err
	}
	return o.report, err
}

func (t *tool) reload(ctx context.Context, times int) error {
	pause := time.NewTicker(1500 * time.Millisecond)
	defer pause.Stop()
	for range times {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-pause.C:
		}
		if err := t.tree.save("main.go"); err != nil {
			return err
		}
		if _, err := t.answers(ctx, t.tree.saved); t.forgive(ctx, err) != nil {
			return err
		}
		pause.Reset(1500 * time.Millisecond)
	}
	return nil
}
