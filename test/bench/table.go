//go:build unix

package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// table is what the benchmark prints: ratios, then what they are made of.
type table struct {
	ratios []row
	parts  []row
	notes  []string
}

type row struct{ what, value, target, ours, against string }

func (t table) print(w io.Writer, machine string) {
	fmt.Fprintf(w, "\n%s\n\n", machine)
	lines := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(lines, "RATIO\tMEASURED\tTARGET\tOURS\tAGAINST")
	for _, r := range t.ratios {
		fmt.Fprintf(lines, "%s\t%s\t%s\t%s\t%s\n", r.what, r.value, r.target, r.ours, r.against)
	}
	fmt.Fprintln(lines, "\t\t\t\t")
	fmt.Fprintln(lines, "DETAIL\tDIFFERENCE\t\tOURS\tAGAINST")
	for _, r := range t.parts {
		fmt.Fprintf(lines, "%s\t%s\t%s\t%s\t%s\n", r.what, r.value, r.target, r.ours, r.against)
	}
	lines.Flush()
	for _, n := range t.notes {
		fmt.Fprintln(w, n)
	}
}

func (t *table) ratio(what string, value float64, target, ours, against string) {
	t.ratios = append(t.ratios, row{what, fmt.Sprintf("%.3f", value), target, ours, against})
}

// starts compares medians. The parts do not add up exactly: each is a median of its own.
func (t *table) starts(floor, ours []start) {
	o, f := median(each(ours, start.total)), median(each(floor, start.total))
	t.ratio("signal to first answer of the new one", o.Seconds()/f.Seconds(), "≤ 1.25", ms(o), ms(f)+" by fork and exec")
	o, f = median(each(ours, start.untilReady)), median(each(floor, start.untilReady))
	t.ratio("signal to READY of the new one", o.Seconds()/f.Seconds(), "", ms(o), ms(f)+" by fork and exec")
	for _, part := range []struct {
		what   string
		figure func(start) time.Duration
	}{
		{"… signal to main", func(s start) time.Duration { return s.toMain }},
		{"… main to READY", func(s start) time.Duration { return s.toReady }},
		{"… READY to first answer", func(s start) time.Duration { return s.toAnswer }},
		{"signal to first request in the handler", func(s start) time.Duration { return s.toAsked }},
	} {
		o, f := median(each(ours, part.figure)), median(each(floor, part.figure))
		t.parts = append(t.parts, row{part.what, ms(o - f), "", ms(o), ms(f)})
	}
	o, f = quantile(each(ours, start.total), 0.9), quantile(each(floor, start.total), 0.9)
	t.parts = append(t.parts, row{"signal to first answer, 9 of 10 within", ms(o - f), "", ms(o), ms(f)})
}

// throughput compares pair by pair: neighbours in time had the same share of the machine.
func (t *table) throughput(what string, all []rates) {
	t.rate(what+"requests per second", all, rates.perSecond, func(r rate) float64 { return r.perSecond })
	if all[0].ours.perCPUSecond > 0 {
		t.rate(what+"requests per second of the service's CPU time", all, rates.perCPUSecond, func(r rate) float64 { return r.perCPUSecond })
	}
}

func (t *table) rate(what string, all []rates, ratio func(rates) float64, figure func(rate) float64) {
	ratios := each(all, ratio)
	ours := median(each(all, func(r rates) float64 { return figure(r.ours) }))
	bare := median(each(all, func(r rates) float64 { return figure(r.bare) }))
	t.ratio(what, median(ratios), "≥ 0.99", fmt.Sprintf("%.0f", ours), fmt.Sprintf("%.0f bare", bare))
	t.parts = append(t.parts, row{what + ", ratios of half the pairs", "", "",
		fmt.Sprintf("%.3f … %.3f", quantile(ratios, 0.25), quantile(ratios, 0.75)), fmt.Sprintf("%d pairs", len(all))})
}

func (t *table) worst(kind load.Load, handoffs int, all []loaded) {
	calm := func(l loaded) time.Duration { return l.calm.Worst }
	busy := func(l loaded) time.Duration { return l.busy.Worst }
	o, f := median(each(all, busy)), median(each(all, calm))
	t.ratio(fmt.Sprintf("worst request in %d handoffs, %s", handoffs, kind), o.Seconds()/f.Seconds(), "≤ 2", ms(o), ms(f)+" without")
	tail := func(r load.Report) time.Duration { return r.Latency.Quantile(0.999) }
	o, f = median(each(all, func(l loaded) time.Duration { return tail(l.busy) })), median(each(all, func(l loaded) time.Duration { return tail(l.calm) }))
	t.parts = append(t.parts, row{fmt.Sprintf("%s, 99.9 %% of requests within", kind), ms(o - f), "", ms(o), ms(f)})
	var requests, failed int64
	for _, l := range all {
		requests += l.busy.Requests
		failed += l.busy.Failed()
	}
	t.parts = append(t.parts, row{fmt.Sprintf("%s, requests lost in handoffs", kind), "", "", fmt.Sprint(failed), fmt.Sprintf("of %d", requests)})
}

func (t *table) idle(d time.Duration, all []idle) {
	for _, i := range all {
		t.ratios = append(t.ratios,
			row{"idle in " + i.mode + ", memory (RSS)", mib(i.resident), "< 20 MiB", "", "and " + mib(i.helpers) + " of its helpers"},
			row{"idle in " + i.mode + ", CPU in " + d.String(), fmt.Sprintf("%d ticks", i.ticks), "0", fmt.Sprintf("%.2f ms", i.onCPU.Seconds()*1000), "by the scheduler's clock"})
	}
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f ms", d.Seconds()*1000) }

func mib(bytes int64) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }
