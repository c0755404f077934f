package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// storm is what came of 20 saves in one second.
type storm struct {
	builds   int // run to completion
	handoffs int
	served   time.Duration // from the last save to its first answer
}

func (b *bench) storms(ctx context.Context, service string, tools []*tool, count int) error {
	for _, t := range tools {
		switch {
		case t.tuned && service == "small": // the large one takes it a minute
			count = 1
		case !t.reverts:
			continue
		}
		say("%s service: 20 saves in one second, %s", service, t.name)
		var all []storm
		for range count {
			s, err := t.storm(ctx)
			if t.forgive(ctx, err) != nil {
				return fmt.Errorf("%s, 20 saves: %w", t.name, err)
			}
			if err != nil {
				b.table.note("%s service: %s never served the last of 20 saves in a second", service, t.name)
				continue
			}
			all = append(all, s)
		}
		if len(all) > 0 {
			b.table.storms(service, t, all)
		}
	}
	return nil
}

func (t *tool) storm(ctx context.Context) (s storm, err error) {
	if err := t.settle(ctx); err != nil {
		return s, err
	}
	began := time.Now()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	var last time.Time
	for range 20 {
		last = time.Now()
		if err := t.tree.save("main.go"); err != nil {
			return s, err
		}
		select {
		case <-ctx.Done():
			return s, ctx.Err()
		case <-tick.C:
		}
	}
	at, err := t.answers(ctx, t.tree.saved)
	if err != nil {
		return s, err
	}
	s.served = at.Sub(last)
	if err := t.settle(ctx); err != nil {
		return s, err
	}
	s.builds = len(t.log.events(began, "built"))
	s.handoffs = len(t.log.events(began, "serving"))
	if t.tuned { // one of its builds after the other, none cancelled
		s.builds = len(t.log.since(began, func(l line) bool { return strings.Contains(l.text, "building...") }))
		s.handoffs = len(t.log.since(began, func(l line) bool { return strings.Contains(l.text, "running...") }))
	}
	return s, nil
}
