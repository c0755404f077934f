//go:build linux

package main

import "github.com/seed-27ba25bb/supervisor/test/bench/plot"

// charts are what of the comparison is drawn.
func charts(all []*contestant) []plot.Chart {
	lost := plot.Chart{Title: "Requests that fail in an upgrade", Unit: "requests"}
	soon := plot.Chart{Title: "Signal to first answer of the new version", Unit: "of ours"}
	for _, c := range all {
		ours := c == all[0]
		lost.Bars = append(lost.Bars, plot.Bar{Name: c.name, Value: float64(c.failed) / float64(len(c.took)), Ours: ours})
		soon.Bars = append(soon.Bars, plot.Bar{Name: c.name, Value: quantile(c.took, 5).Seconds() / quantile(all[0].took, 5).Seconds(), Ours: ours})
	}
	return []plot.Chart{lost, soon}
}
