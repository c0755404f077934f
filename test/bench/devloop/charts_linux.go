package main

import (
	"strconv"
	"strings"

	"github.com/seed-27ba25bb/supervisor/test/bench/plot"
)

// charts are the rows that compare tools, drawn.
func (t *table) charts() (all []plot.Chart) {
	for _, of := range []struct{ prefix, title, unit string }{
		{"small, save to answer: ", "Save to first answer, small service", "of go build + exec"},
		{"large, save to answer: ", "Save to first answer, service of 35 MB", "of go build + exec"},
		{"requests lost in a reload: ", "Requests that fail in a reload, at 200 a second", "requests"},
		{"requests lost while the source does not compile: ", "Requests that fail while the source does not compile", "requests"},
		{"idle memory, MiB: ", "Memory with nothing to do", "MiB"},
	} {
		c := plot.Chart{Title: of.title, Unit: of.unit}
		for _, r := range t.rows {
			name, found := strings.CutPrefix(r.what, of.prefix)
			value, err := strconv.ParseFloat(r.value, 64)
			if found && err == nil {
				c.Bars = append(c.Bars, plot.Bar{Name: name, Value: value, Ours: name == "supervisor"})
			}
		}
		if len(c.Bars) > 0 {
			all = append(all, c)
		}
	}
	return all
}
