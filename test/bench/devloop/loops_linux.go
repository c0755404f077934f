package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed-27ba25bb/supervisor/test/bench/plot"
)

// plan is how often everything is measured.
type plan struct {
	large, small int // saves with each tool
	quick        bool
	reloads      int // under load
	storms       int
	starts       int // in each tree
}

func (o options) plan() plan {
	if o.quick {
		return plan{large: 3, small: 3, reloads: 1, storms: 1, starts: 1, quick: true}
	}
	return plan{large: 7, small: 9, reloads: 6, storms: 3, starts: 3}
}

// bench is what all measurements share.
type bench struct {
	dir        string
	supervisor string
	air        string // empty if it is not to be had
	reflex     string // likewise
	table      table
}

// loops measures everything and prints the table.
func loops(ctx context.Context, o options) (err error) {
	b := &bench{}
	if b.dir, err = os.MkdirTemp("", "devloop"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	if err := b.install(ctx); err != nil {
		return err
	}
	defer b.table.print(os.Stdout) // if it was cut short, what there is
	if err := b.measure(ctx, o); err != nil {
		return err
	}
	return plot.Write(b.table.charts())
}

func (b *bench) measure(ctx context.Context, o options) error {
	p := o.plan()
	for _, s := range o.services() {
		rounds := p.large
		if s.name == "small" {
			rounds = p.small
		}
		if err := b.saves(ctx, s, rounds, p); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	if err := b.forest(ctx, p.starts); err != nil {
		return fmt.Errorf("the tree of 50,000 files: %w", err)
	}
	return nil
}

const (
	airVersion    = "v1.67.4"
	reflexVersion = "v0.3.1"
)

// install builds the supervisor of this module, and air and reflex by the module proxy.
func (b *bench) install(ctx context.Context) error {
	say("building the supervisor, air %s and reflex %s", airVersion, reflexVersion)
	b.supervisor = filepath.Join(b.dir, "supervisor")
	if err := goCommand(ctx, "", nil, "build", "-o", b.supervisor, "github.com/seed-27ba25bb/supervisor/cmd/supervisor"); err != nil {
		return err
	}
	b.air = b.peer(ctx, "air", "github.com/air-verse/air@"+airVersion)
	b.reflex = b.peer(ctx, "reflex", "github.com/cespare/reflex@"+reflexVersion)
	return ctx.Err()
}

// peer installs a tool of others, and returns where it is, or nothing.
func (b *bench) peer(ctx context.Context, name, pkg string) string {
	if err := goCommand(ctx, b.dir, []string{"GOBIN=" + b.dir}, "install", pkg); err != nil {
		b.table.note("without %s, which cannot be installed: %v", name, err)
		return ""
	}
	return filepath.Join(b.dir, name)
}

func say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+" …\n", args...) }
