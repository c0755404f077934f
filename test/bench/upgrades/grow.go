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
			g.open = append(g.open, float64(descriptors(c.cmd.Process.Pid)))
		}
		return nil
	})
}

func (g *growth) print(w io.Writer) {
	n := len(g.resident)
	fmt.Fprintf(w, "\n%d handoffs in a row: %d of %d requests failed; the first %d against the last %d:\n", n, g.of.failed, g.of.requests, g.window, g.window)
	first, last := mean(g.resident[:g.window]), mean(g.resident[n-g.window:])
	fmt.Fprintf(w, "memory (RSS)   %s, %s: %+.1f %%, at most %s\n", mib(int64(first)), mib(int64(last)), 100*(last/first-1), mib(int64(slices.Max(g.resident))))
	first, last = mean(g.open[:g.window]), mean(g.open[n-g.window:])
	fmt.Fprintf(w, "descriptors    %.2f, %.2f: %+.1f %%, at most %.0f\n", first, last, 100*(last/first-1), slices.Max(g.open))
}

func mean(values []float64) (sum float64) {
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
