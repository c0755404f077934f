package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// badTime is how long the source does not compile.
const badTime = 4 * time.Second

// badBuilds counts the requests that fail while the source does not compile.
func (b *bench) badBuilds(ctx context.Context, tools []*tool) error {
	for _, t := range tools {
		if !t.reverts && !t.tuned {
			continue
		}
		say("a bad build under load, %s", t.name)
		r, err := t.bad(ctx)
		if err != nil {
			return fmt.Errorf("%s, a bad build: %w", t.name, err)
		}
		b.table.bad(t, r)
	}
	return nil
}

// bad saves what does not compile, and then what does, while 100 connections a second
// are opened.
func (t *tool) bad(ctx context.Context) (r load.Report, err error) {
	if err := t.settle(ctx); err != nil {
		return r, err
	}
	loading, stop := context.WithTimeout(ctx, badTime)
	defer stop()
	if err := os.WriteFile(filepath.Join(t.tree.source(), "main.go"), []byte("package main\n\nfunc main() {\n"), 0o600); err != nil {
		return r, err
	}
	r, err = load.Run(loading, load.Config{Load: load.HTTP, Address: t.tree.address, Workers: 20, Rate: 100})
	if err != nil || ctx.Err() != nil {
		return r, err
	}
	if err := t.tree.save("main.go"); err != nil {
		return r, err
	}
	_, err = t.answers(ctx, t.tree.saved)
	return r, t.forgive(ctx, err)
}
