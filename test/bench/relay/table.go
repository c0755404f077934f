//go:build linux

package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// print shows medians of all turns, and how the first contestant does beside the better
// of the others that pass on.
func print(w io.Writer, all []*contestant) {
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	defer t.Flush()
	fmt.Fprint(t, "\nWORK\tUNIT\tOF THE BETTER")
	for _, c := range all {
		fmt.Fprintf(t, "\t%s", c.name)
	}
	fmt.Fprintln(t)
	for _, work := range works {
		row(t, all, work.name, work.unit, true, "%.0f", func(r result) float64 { return r.perSecond })
	}
	for _, work := range works[:3] {
		row(t, all, work.name, "half within, µs", false, "%.0f", func(r result) float64 { return micros(r.half) })
		row(t, all, work.name, "99 % within, µs", false, "%.0f", func(r result) float64 { return micros(r.all) })
	}
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// row compares turn by turn: neighbours in time had the same share of the machine. The
// ratio is above 1 where the first one is better.
func row(w io.Writer, all []*contestant, name, unit string, more bool, format string, figure func(result) float64) {
	ratio := ""
	if len(all) > 2 {
		var ratios []float64
		for n := range all[0].results[name] {
			ours, best := figure(all[0].results[name][n]), 0.0
			for _, c := range all[1 : len(all)-1] {
				theirs := figure(c.results[name][n])
				if best == 0 || more == (theirs > best) {
					best = theirs
				}
			}
			if more {
				ratios = append(ratios, ours/best)
			} else {
				ratios = append(ratios, best/ours)
			}
		}
		ratio = fmt.Sprintf("%.2f", median(ratios))
	}
	fmt.Fprintf(w, "%s\t%s\t%s", name, unit, ratio)
	for _, c := range all {
		var values []float64
		for _, r := range c.results[name] {
			values = append(values, figure(r))
		}
		fmt.Fprintf(w, "\t"+format, median(values))
	}
	fmt.Fprintln(w)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
