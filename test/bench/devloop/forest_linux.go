package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// grove is one of the trees that first serves are compared in.
type grove struct {
	*tool
	what   string
	first  []time.Duration
	notice []time.Duration
	memory int64
}

const watchAll = `[services.web]
dir = "source"
package = "."
watch.paths = ["."]
`

// forest compares the small service alone with the same in 5,000 directories of 50,000
// files, of which 500 directories are neither node_modules nor .git.
func (b *bench) forest(ctx context.Context, starts int) error {
	say("making a tree of 50,000 files")
	groves, err := b.groves(ctx)
	if err != nil {
		return err
	}
	say("%d first serves in each tree", starts)
	for range starts {
		for _, g := range groves {
			if err := g.visit(ctx); err != nil {
				return fmt.Errorf("%s: %w", g.what, err)
			}
		}
	}
	b.table.forest(groves)
	return nil
}

// groves are the small service alone, in the tree, and in the tree when all of it is watched.
func (b *bench) groves(ctx context.Context) ([]*grove, error) {
	bare, err := newTree(ctx, smallService(), filepath.Join(b.dir, "bare"))
	if err != nil {
		return nil, err
	}
	large, err := newTree(ctx, smallService(), filepath.Join(b.dir, "forest"))
	if err != nil {
		return nil, err
	}
	if err := plant(ctx, large.source()); err != nil {
		return nil, err
	}
	config := filepath.Join(large.dir, "all.toml")
	dev := []string{b.supervisor, "dev", "--json"}
	return []*grove{
		{what: "without the tree", tool: &tool{tree: bare, command: dev}},
		{what: "in the tree", tool: &tool{tree: large, command: dev}},
		{what: "in the tree, all of it watched", tool: &tool{tree: large, command: append(dev, "-c", config)}},
	}, os.WriteFile(config, []byte(watchAll), 0o600)
}

// visit measures one first serve, one save, and the memory after it.
func (g *grove) visit(ctx context.Context) error {
	defer g.stop()
	// Nothing is known from the time before.
	if err := os.RemoveAll(filepath.Join(g.tree.dir, "cache")); err != nil {
		return err
	}
	began := time.Now()
	if err := g.start(ctx); err != nil {
		return err
	}
	g.first = append(g.first, time.Since(began))
	for range 2 {
		if _, err := g.measure(ctx, func() error { return g.tree.save("main.go") }); err != nil {
			return err
		}
		g.notice = append(g.notice, g.phases().noticed)
	}
	if err := g.settle(ctx); err != nil {
		return err
	}
	bytes, err := resident(g.cmd.Process.Pid)
	g.memory = max(g.memory, bytes)
	return err
}

// plant makes 3,500 directories in node_modules, 1,000 in .git and 500 elsewhere, of
// ten files each.
func plant(ctx context.Context, dir string) error {
	for _, part := range []struct {
		below string
		count int
	}{{"web/node_modules", 3500}, {".git/objects", 1000}, {"web/pages", 500}} {
		for i := range part.count {
			if err := ctx.Err(); err != nil {
				return err
			}
			at := filepath.Join(dir, part.below, fmt.Sprintf("%02d", i%50), fmt.Sprint("d", i))
			if err := fill(at); err != nil {
				return err
			}
		}
	}
	// Enough for git to take it for a repository.
	if err := os.Mkdir(filepath.Join(dir, ".git/refs"), 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, ".git/HEAD"), []byte("ref: refs/heads/main\n"), 0o600)
}

func fill(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for i := range 10 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("f%d.js", i)), fmt.Append(nil, "export default ", i, "\n"), 0o600); err != nil {
			return err
		}
	}
	return nil
}
