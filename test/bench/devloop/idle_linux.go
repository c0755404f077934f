package main

import (
	"context"
	"slices"
	"time"
)

// idle is a tool that has nothing to do.
type idle struct {
	memory int64 // bytes, of all its processes but the service
	ticks  int   // of CPU time, the service included
	over   time.Duration
}

// idleness watches all tools do nothing, side by side.
func (b *bench) idleness(ctx context.Context, tools []*tool, p plan) error {
	over := 10 * time.Second
	if p.quick {
		over = 3 * time.Second
	}
	var all []*tool
	for _, t := range tools {
		if t.reverts || t.tuned {
			all = append(all, t)
		}
	}
	for _, t := range all {
		if err := t.settle(ctx); err != nil {
			return err
		}
	}
	say("%v of nothing to do", over)
	// Each gives back first what it needed for the last save.
	if err := wait(ctx, 4*time.Second); err != nil {
		return err
	}
	before := map[*tool]int{}
	for _, t := range all {
		before[t] = t.ticks()
	}
	if err := wait(ctx, over); err != nil {
		return err
	}
	for _, t := range all {
		b.table.idle(t, idle{t.memory(), t.ticks() - before[t], over})
	}
	return nil
}

// memory is that of the tool, and of what it has started beside the service.
func (t *tool) memory() (sum int64) {
	service := t.servicePIDs()
	for _, pid := range append(descendants(t.cmd.Process.Pid), t.cmd.Process.Pid) {
		if !slices.Contains(service, pid) {
			bytes, _ := resident(pid)
			sum += bytes
		}
	}
	return sum
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
