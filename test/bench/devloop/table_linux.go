package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// table is what the benchmark prints.
type table struct {
	rows  []row
	parts []row
	notes []string
}

// row is a figure. Its target is an upper limit; without one there is no verdict.
type row struct {
	what   string
	value  string
	target string
	met    bool
	detail string
}

func (t *table) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

func (t *table) judge(what string, value, limit float64, format, detail string) {
	t.rows = append(t.rows, row{what, fmt.Sprintf(format, value), "≤ " + fmt.Sprintf(format, limit), value <= limit, detail})
}

func (t *table) compare(what, value, detail string) {
	t.rows = append(t.rows, row{what: what, value: value, detail: detail})
}

func (t *table) saves(service string, tools []*tool) {
	targets := map[string]float64{"small": 0.65, "large": 0.6}
	base := median(tools[0].took)
	for _, tool := range tools {
		if len(tool.took) == 0 {
			t.compare(service+", save to answer: "+tool.name, "never", "")
			continue
		}
		took := median(tool.took)
		what, detail := service+", save to answer: "+tool.name, spread(tool.took)
		if !tool.reverts {
			t.compare(what, fmt.Sprintf("%.2f", ratio(took, base)), detail)
			continue
		}
		t.judge(what, ratio(took, base), targets[service], "%.2f", detail)
		t.judge(service+", back to what was built: "+tool.name, ratio(median(tool.reverted), base), 0.1, "%.2f", spread(tool.reverted))
		t.phases(service, tool)
	}
}

// phases says where the time goes.
func (t *table) phases(service string, tool *tool) {
	sum := time.Duration(0)
	for _, part := range []struct {
		what string
		of   func(phases) time.Duration
	}{
		{"save to \"building\"", func(p phases) time.Duration { return p.noticed }},
		{"to \"built\"", func(p phases) time.Duration { return p.build }},
		{"to \"ready\"", func(p phases) time.Duration { return p.start }},
	} {
		took := median(each(tool.parts, part.of))
		sum += took
		t.parts = append(t.parts, row{what: service + ", " + part.what, value: ms(took)})
	}
	t.parts = append(t.parts, row{what: service + ", to the answer", value: ms(median(tool.took) - sum)})
}

func (t *table) storms(service string, tool *tool, all []storm) {
	what := service + ", 20 saves in a second, " + tool.name + ": "
	most := func(of func(storm) int) float64 { return float64(slices.Max(each(all, of))) }
	builds, handoffs := most(func(s storm) int { return s.builds }), most(func(s storm) int { return s.handoffs })
	served := median(each(all, func(s storm) time.Duration { return s.served }))
	if !tool.reverts {
		t.compare(what+"builds", fmt.Sprintf("%.0f", builds), fmt.Sprintf("served after %s", ms(served)))
		return
	}
	build := median(each(tool.parts, func(p phases) time.Duration { return p.build }))
	t.judge(what+"builds", builds, 2, "%.0f", fmt.Sprintf("the most of %d times", len(all)))
	t.judge(what+"handoffs", handoffs, 1, "%.0f", fmt.Sprintf("the most of %d times", len(all)))
	t.judge(what+"last save to answer, of one build", ratio(served, build), 1.2, "%.2f", ms(served)+", a build "+ms(build))
}

func (t *table) losses(tool *tool, r load.Report, reloads int) {
	what := "requests lost in a reload: " + tool.name
	lost := float64(r.Failed()) / float64(reloads)
	detail := fmt.Sprintf("%d of %d in %d reloads, the slowest answer %s", r.Failed(), r.Requests, reloads, ms(r.Worst))
	if tool.missed > 0 {
		detail += fmt.Sprintf("; %d saves never served", tool.missed)
	}
	if !tool.reverts {
		t.compare(what, fmt.Sprintf("%.1f", lost), detail)
		return
	}
	t.judge(what, lost, 0, "%.1f", detail)
}

func (t *table) bad(tool *tool, r load.Report) {
	what := "requests lost while the source does not compile: " + tool.name
	detail := fmt.Sprintf("%d of %d in %v", r.Failed(), r.Requests, badTime)
	if !tool.reverts {
		t.compare(what, fmt.Sprintf("%d", r.Failed()), detail)
		return
	}
	t.judge(what, float64(r.Failed()), 0, "%.0f", detail)
}

func (t *table) idle(tool *tool, i idle) {
	detail := fmt.Sprintf("%d ticks of CPU time in %v", i.ticks, i.over)
	t.compare("idle memory, MiB: "+tool.name, fmt.Sprintf("%.1f", float64(i.memory)/(1<<20)), detail)
}

func (t *table) forest(groves []*grove) {
	bare := median(groves[0].first)
	for _, g := range groves {
		if g == groves[0] {
			t.compare("first serve "+g.what, ms(bare), spread(g.first))
		} else {
			t.judge("first serve "+g.what+", ms more", (median(g.first)-bare).Seconds()*1000, 100, "%.0f", spread(g.first))
		}
		t.judge("memory "+g.what+", MiB", float64(g.memory)/(1<<20), 40, "%.1f", fmt.Sprintf("the most of %d times", len(g.first)))
		t.judge("save noticed "+g.what+", ms", median(g.notice).Seconds()*1000, 20, "%.1f", spread(g.notice))
	}
}

func (t *table) print(w io.Writer) {
	lines := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(lines, "\nFIGURE\tMEASURED\tTARGET\tVERDICT\tDETAIL")
	for _, r := range t.rows {
		fmt.Fprintf(lines, "%s\t%s\t%s\t%s\t%s\n", r.what, r.value, r.target, r.verdict(), r.detail)
	}
	fmt.Fprintln(lines, "\t\t\t\t\nWHERE THE SUPERVISOR'S TIME GOES\t\t\t\t")
	for _, r := range t.parts {
		fmt.Fprintf(lines, "%s\t%s\t\t\t\n", r.what, r.value)
	}
	lines.Flush()
	for _, n := range t.notes {
		fmt.Fprintln(w, n)
	}
}

func (r row) verdict() string {
	switch {
	case r.target == "":
		return ""
	case r.met:
		return "met"
	}
	return "MISSED"
}

// spread is a median and the extremes.
func spread(all []time.Duration) string {
	return fmt.Sprintf("%s, of %d from %s to %s", ms(median(all)), len(all), ms(slices.Min(all)), ms(slices.Max(all)))
}

func ms(d time.Duration) string {
	if d < 100*time.Millisecond {
		return fmt.Sprintf("%.1f ms", d.Seconds()*1000)
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}
