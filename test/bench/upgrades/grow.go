//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// growth is what the supervisor needs after each of many handoffs in a row.
type growth struct {
	of       *contestant
	window   int
	resident []float64 // bytes
	own      []float64 // of these: what is no file's, and so cannot be dropped and read again
	open     []float64 // descriptors
}

// grow hands off again and again, under a light load.
func (b *bench) grow(ctx context.Context, p plan) (*growth, error) {
	say("%d handoffs in a row", p.handoffs)
	c := b.contestants()[0]
	g := &growth{of: c, window: p.window}
	if err := b.begin(ctx, c); err != nil {
		return nil, err
	}
	defer c.stop()
	return g, c.loaded(ctx, []load.Load{load.HTTP}, 50, func() error {
		for range p.handoffs {
			if _, err := c.upgrade(ctx); err != nil {
				return err
			}
			g.resident = append(g.resident, float64(resident(c.cmd.Process.Pid)))
			g.own = append(g.own, float64(anonymous(c.cmd.Process.Pid)))
			g.open = append(g.open, float64(descriptors(c.cmd.Process.Pid)))
		}
		return nil
	})
}

func (g *growth) print(w io.Writer) {
	n := len(g.resident)
	fmt.Fprintf(w, "\n%d handoffs in a row: %d of %d requests failed; the first %d against the last %d:\n", n, g.of.failed, g.of.requests, g.window, g.window)
	g.compare(w, "memory (RSS)", g.resident, "%.1f MiB", 1<<20)
	g.compare(w, "… of no file", g.own, "%.1f MiB", 1<<20)
	g.compare(w, "descriptors", g.open, "%.2f", 1)
}

// compare prints the first values and the last ones, each in so many of a unit.
func (g *growth) compare(w io.Writer, name string, values []float64, format string, unit float64) {
	first, last := mean(values[:g.window]), mean(values[len(values)-g.window:])
	fmt.Fprintf(w, "%-14s "+format+", "+format+": %+.1f %%, at most "+format+"\n", name, first/unit, last/unit, 100*(last/first-1), slices.Max(values)/unit)
}

func mean(values []float64) (sum float64) {
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
