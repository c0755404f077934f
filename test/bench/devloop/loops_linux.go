package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
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
	return b.measure(ctx, o)
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

const airVersion = "v1.67.4"

// install builds the supervisor of this module, and air by the module proxy.
func (b *bench) install(ctx context.Context) error {
	say("building the supervisor and air %s", airVersion)
	b.supervisor = filepath.Join(b.dir, "supervisor")
	if err := goCommand(ctx, "", nil, "build", "-o", b.supervisor, "github.com/seed-27ba25bb/supervisor/cmd/supervisor"); err != nil {
		return err
	}
	if err := goCommand(ctx, b.dir, []string{"GOBIN=" + b.dir}, "install", "github.com/air-verse/air@"+airVersion); err != nil {
		b.table.note("without air, which cannot be installed: %v", err)
		return ctx.Err()
	}
	b.air = filepath.Join(b.dir, "air")
	return nil
}

func say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+" …\n", args...) }
