package prove

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"
)

// WriteText writes the report for a reader.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintln(&b, r.Answer)
	if r.Interrupted {
		fmt.Fprintln(&b, "It was interrupted; this is what was seen until then.")
	}
	if h := r.Broken(); h != nil {
		fmt.Fprintf(&b, "No more were tried: %s\n", h.sentence(r.Asked))
	}
	fmt.Fprintln(&b)
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, x := range r.Ways {
		fmt.Fprintf(t, "load\t%s\t%s requests\t%s failed\n", x.What, grouped(x.Requests), grouped(x.Failed))
	}
	for _, l := range r.latencies() {
		fmt.Fprintf(t, "latency\t%s\tp50 %v\tp99.9 %v\tworst %v\n", l.Where, short(l.P50), short(l.P999), short(l.Worst))
	}
	if ready, drained := r.spreads(); ready != "" {
		fmt.Fprintf(t, "handoffs\tready in %s, as %s told\tdrained in %s\n", ready, r.readyBy(), drained)
	}
	t.Flush()
	r.writeFailures(&b)
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "\nnote: %s\n", n)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Report) writeFailures(b *strings.Builder) {
	if len(r.Failures) == 0 {
		return
	}
	fmt.Fprintln(b, "\nwhat failed")
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, f := range r.Failures {
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", grouped(f.Count), f.Kind, f.Phase, f.where())
	}
	t.Flush()
	seen := map[string]bool{}
	for _, f := range r.Failures {
		if !seen[f.First] {
			fmt.Fprintf(b, "  first %s: %s\n", f.Kind, f.First)
		}
		seen[f.First] = true
	}
	fmt.Fprintln(b, "\nwhat to change")
	for _, a := range r.Advice {
		fmt.Fprintf(b, "  - %s\n    %s\n", wrapped(a.Seen, "    "), wrapped(a.Change, "    "))
	}
}

// wrapped breaks lines that are longer than a terminal is wide, and indents the rest.
func wrapped(text, indent string) string {
	const width = 96
	var b strings.Builder
	used := 0
	for i, word := range strings.Fields(text) {
		size := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case used+1+size > width:
			b.WriteString("\n" + indent)
			used = 0
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += size
	}
	return b.String()
}

func (f Failure) where() string {
	if f.Kept {
		return "kept connections"
	}
	return "new connections"
}

// placed is a latency with where it was measured.
type placed struct {
	Where string
	Latency
}

func (r *Report) latencies() []placed {
	return []placed{{"in handoffs", r.Inside}, {"outside", r.Outside}}
}

// spreads are how long handoffs took; empty if none was done.
func (r *Report) spreads() (ready, drained string) {
	var in, out []time.Duration
	for _, h := range r.Handoffs {
		if h.promoted() && h.over() {
			in, out = append(in, time.Duration(h.Ready-h.Asked)), append(out, time.Duration(h.Drained-h.Draining))
		}
	}
	if in == nil {
		return "", ""
	}
	return spread(in), spread(out)
}

func (r *Report) readyBy() string {
	var all []string
	for _, h := range r.Handoffs {
		if h.ReadyBy != "" && !in(append(all, ""), h.ReadyBy) {
			all = append(all, h.ReadyBy)
		}
	}
	return strings.Join(all, ", ")
}
