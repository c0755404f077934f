//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// compare upgrades all in turn, first under load, then to weigh them.
func (b *bench) compare(ctx context.Context, p plan, all []*contestant) error {
	for i := range p.blocks {
		say("upgrades under load, turn %d of %d", i+1, p.blocks)
		for _, c := range all {
			if err := b.turn(ctx, c, p.upgrades); err != nil {
				return err
			}
		}
	}
	say("memory")
	for _, c := range all {
		if err := b.weigh(ctx, c, p.weighed); err != nil {
			return err
		}
	}
	return nil
}

// begin starts a contestant with nothing beside it.
func (b *bench) begin(ctx context.Context, c *contestant) error {
	dir := filepath.Join(b.dir, "turn")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return c.start(ctx, dir)
}

// turn upgrades under load: new connections, and such as are kept alive by clients that
// do not try again.
func (b *bench) turn(ctx context.Context, c *contestant, upgrades int) error {
	if err := b.begin(ctx, c); err != nil {
		return err
	}
	defer c.stop()
	return c.loaded(ctx, []load.Load{load.HTTP, load.Keepalive}, 200, func() error {
		for range upgrades {
			took, err := c.upgrade(ctx)
			if err != nil {
				return err
			}
			c.took = append(c.took, took)
		}
		return nil
	})
}

// weigh looks at the memory again and again while it upgrades, under a light load.
func (b *bench) weigh(ctx context.Context, c *contestant, upgrades int) error {
	if err := b.begin(ctx, c); err != nil {
		return err
	}
	defer c.stop()
	return c.loaded(ctx, []load.Load{load.HTTP}, 50, func() error {
		if _, err := c.upgrade(ctx); err != nil {
			return err
		}
		c.rest = c.pss()
		for range upgrades {
			peak, err := c.peak(ctx)
			if err != nil {
				return err
			}
			c.peaks = append(c.peaks, peak)
		}
		return nil
	})
}

// peak is the most memory that was seen in one upgrade.
func (c *contestant) peak(ctx context.Context) (most int64, err error) {
	done := make(chan struct{})
	seen := make(chan int64)
	go func() {
		var most int64
		again := time.NewTicker(2 * time.Millisecond)
		defer again.Stop()
		for {
			most = max(most, c.pss())
			select {
			case <-again.C:
			case <-done:
				seen <- most
				return
			}
		}
	}()
	_, err = c.upgrade(ctx)
	close(done)
	return <-seen, err
}

func printComparison(w io.Writer, all []*contestant) {
	ours := all[0]
	fmt.Fprintf(w, "\n%d upgrades each\n\n", len(ours.took))
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	defer t.Flush()
	fmt.Fprintln(t, "BY\tFAILED\tREQUESTS\tSIGNAL TO FIRST ANSWER\t9 OF 10 WITHIN\tOF OURS\tMEMORY AT REST\tAT MOST WHILE UPGRADING\tOF OURS")
	for _, c := range all {
		fmt.Fprintf(t, "%s\t%d\t%d\t%s\t%s\t%.2f\t%s\t%s\t%.2f\n", c.name, c.failed, c.requests,
			ms(quantile(c.took, 5)), ms(quantile(c.took, 9)), quantile(c.took, 5).Seconds()/quantile(ours.took, 5).Seconds(),
			mib(c.rest), mib(quantile(c.peaks, 5)), float64(quantile(c.peaks, 5))/float64(quantile(ours.peaks, 5)))
	}
	for _, c := range all {
		if len(c.failures) > 0 {
			fmt.Fprintf(t, "%s failed by\t%v\n", c.name, c.failures)
		}
	}
}

// quantile is the value that so many tenths of all do not exceed.
func quantile[T int64 | time.Duration](values []T, tenths int) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[max((len(sorted)*tenths+9)/10, 1)-1]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", d.Seconds()*1000) }

func mib(bytes int64) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }
