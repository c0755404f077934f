package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"
)

// saves measures a service with all tools, which wait side by side for their turn.
func (b *bench) saves(ctx context.Context, s service, rounds int, p plan) error {
	tools, err := b.tools(ctx, s, p.quick)
	defer func() {
		for _, t := range tools {
			t.stop()
		}
	}()
	if err != nil {
		return err
	}
	say("%s service: %d saves with each tool", s.name, rounds)
	for range rounds {
		for _, t := range tools {
			if err := t.turn(ctx); err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
		}
	}
	b.table.saves(s.name, tools)
	if p.quick && s.name != "small" {
		return nil
	}
	if err := b.storms(ctx, s.name, tools, p.storms); err != nil || s.name != "small" {
		return err
	}
	if err := b.losses(ctx, tools, p.reloads); err != nil {
		return err
	}
	if err := b.badBuilds(ctx, tools); err != nil {
		return err
	}
	return b.idleness(ctx, tools, p)
}

// tools makes a tree for each tool and starts it there.
func (b *bench) tools(ctx context.Context, s service, quick bool) (started []*tool, err error) {
	all := []*tool{{name: "go build + exec", plain: true}, {name: "supervisor", command: []string{b.supervisor, "dev", "--json"}, reverts: true}}
	if b.air != "" && !quick {
		all = append(all, &tool{name: "air, as it comes", command: []string{b.air}})
	}
	if b.air != "" {
		all = append(all, &tool{name: "air, delay = 1", command: []string{b.air}, config: "[build]\ndelay = 1\n", tuned: true})
	}
	if b.reflex != "" && !quick {
		// What its README shows for a server.
		all = append(all, &tool{name: "reflex", command: []string{b.reflex, "-s", "-r", `\.go$`, "--", "sh", "-c", "go build -o ../out . && exec ../out"}, tuned: true})
	}
	say("making the %s service %d times", s.name, len(all))
	for i, t := range all {
		dir := filepath.Join(b.dir, fmt.Sprint(s.name, i))
		if t.tree, err = newTree(ctx, s, dir); err != nil {
			return started, err
		}
		started = append(started, t)
		if err := t.start(ctx); t.forgive(ctx, err) != nil {
			return started, fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return started, nil
}

// newTree makes a service in dir that listens on ports that are free now.
func newTree(ctx context.Context, s service, dir string) (t *tree, err error) {
	t = &tree{service: s, dir: dir, label: filepath.Base(dir) + "."}
	if t.address, err = freeAddress(); err != nil {
		return nil, err
	}
	if t.grpc, err = freeAddress(); err != nil {
		return nil, err
	}
	return t, t.make(ctx)
}

// turn measures one save, and the way back to what was saved before it.
func (t *tool) turn(ctx context.Context) error {
	took, err := t.measure(ctx, func() error { return t.tree.save("main.go") })
	if err != nil {
		return t.forgive(ctx, err)
	}
	t.took = append(t.took, took)
	if !t.reverts {
		return nil
	}
	// By then all of its reports are in.
	if err := t.settle(ctx); err != nil {
		return err
	}
	t.parts = append(t.parts, t.phases())
	took, err = t.measure(ctx, t.tree.revert)
	if err != nil {
		return err
	}
	t.reverted = append(t.reverted, took)
	return nil
}

// measure returns the time from a save to the first answer of what was saved.
func (t *tool) measure(ctx context.Context, save func() error) (time.Duration, error) {
	if err := t.settle(ctx); err != nil {
		return 0, err
	}
	t.began = time.Now()
	if err := save(); err != nil {
		return 0, err
	}
	if t.plain {
		if err := t.restart(ctx); err != nil {
			return 0, err
		}
	}
	at, err := t.answers(ctx, t.tree.saved)
	return at.Sub(t.began), err
}
