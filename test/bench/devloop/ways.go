package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// way is a way from a save to an executable.
type way struct {
	name   string
	file   string                          // the one that is saved
	before func(ctx context.Context) error // not measured
	build  func(ctx context.Context) error
	base   *way // what it is compared with
	took   []time.Duration
	cpu    []time.Duration
}

// allWays are the steps from go build to a fast build, each with what it saves.
func allWays(ctx context.Context, t *tree) ([]*way, error) {
	build, err := t.builder(ctx)
	if err != nil {
		return nil, err
	}
	noGC := []string{"GOGC=off"}
	main := t.plain("go build", "main.go", nil)
	page := t.plain("go build, another package changed", "page/page.go", nil)
	ways := []*way{
		main,
		t.plain("go build, no garbage collection", "main.go", noGC),
		t.plain("go build, -w", "main.go", nil, "-ldflags=-w"),
		t.plain("go build, -w, no garbage collection", "main.go", noGC, "-ldflags=-w"),
		t.plain("go build, -s -w, no garbage collection", "main.go", noGC, "-ldflags=-s -w"),
		{name: "rebuild", file: "main.go", build: build},
		{name: "rebuild, back to an earlier content", build: build, before: func(ctx context.Context) error { return t.thereAndBack(ctx, build) }},
		page,
		{name: "rebuild, another package changed", file: "page/page.go", build: build, base: page},
	}
	for _, w := range ways {
		if w.base == nil && w != page {
			w.base = main
		}
	}
	page.base = page
	return ways, nil
}

// builder returns the Build of a builder that is prepared.
func (t *tree) builder(ctx context.Context) (func(context.Context) error, error) {
	b, err := rebuild.New(rebuild.Options{Dir: t.source(), Package: ".", Store: filepath.Join(t.dir, "store"), Name: "web", Fast: true, Linkers: filepath.Join(t.dir, "linkers")})
	if err != nil {
		return nil, err
	}
	if _, err := b.Build(ctx); err != nil {
		return nil, err
	}
	return func(ctx context.Context) error { _, err := b.Build(ctx); return err }, errors.Join(b.Prepare(ctx), b.PrepareLinker(ctx))
}

func (t *tree) plain(name, file string, env []string, flags ...string) *way {
	args := slices.Concat([]string{"build", "-o", filepath.Join(t.dir, "out")}, flags, []string{"."})
	return &way{name: name, file: file, build: func(ctx context.Context) error { return t.goCommand(ctx, env, args...) }}
}

// thereAndBack builds one content, then another, and ends with a save of the first.
func (t *tree) thereAndBack(ctx context.Context, build func(context.Context) error) error {
	for range 2 {
		if err := t.save("main.go"); err != nil {
			return err
		}
		if err := build(ctx); err != nil {
			return err
		}
	}
	return t.write("main.go", t.version(t.saves-1))
}

// rounds measures all ways in turn, so that what else the machine does falls on
// all of them.
func (t *tree) rounds(ctx context.Context, ways []*way, rounds int) error {
	for range rounds {
		for _, w := range ways {
			if err := t.measure(ctx, w); err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
		}
	}
	return nil
}

func (t *tree) measure(ctx context.Context, w *way) error {
	if w.before != nil {
		if err := w.before(ctx); err != nil {
			return err
		}
	}
	began, used := time.Now(), cpuTime()
	if w.file != "" {
		if err := t.save(w.file); err != nil {
			return err
		}
	}
	err := w.build(ctx)
	w.took, w.cpu = append(w.took, time.Since(began)), append(w.cpu, cpuTime()-used)
	return err
}

func median(all []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(all))[len(all)/2]
}

func (t *tree) print(ways []*way) {
	fmt.Printf("\n| %s service | time | of go build | CPU time | of go build |\n|---|---|---|---|---|\n", t.name)
	for _, w := range ways {
		took, cpu := median(w.took), median(w.cpu)
		fmt.Printf("| %s | %d ms | %.2f | %d ms | %.2f |\n", w.name,
			took.Milliseconds(), ratio(took, median(w.base.took)), cpu.Milliseconds(), ratio(cpu, median(w.base.cpu)))
	}
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(max(b, 1)) }
