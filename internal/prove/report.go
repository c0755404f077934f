package prove

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// Report is what Run has seen, and what follows from it.
type Report struct {
	Service     string         `json:"service"`
	Answer      string         `json:"answer"` // all of it in one sentence
	Requests    int64          `json:"requests"`
	Failed      int64          `json:"failed"`
	Asked       int            `json:"handoffs_asked"`
	Done        int            `json:"handoffs_done"`
	Interrupted bool           `json:"interrupted"`
	Took        control.Millis `json:"took_ms"`
	Ways        []WayReport    `json:"ways"`
	Failures    []Failure      `json:"failures"`
	Inside      Latency        `json:"latency_in_handoffs"`
	Outside     Latency        `json:"latency_outside"`
	Handoffs    []Handoff      `json:"handoffs"`
	Notes       []string       `json:"notes"`
	Advice      []Advice       `json:"advice"`

	picture *picture
}

// WayReport is what became of the requests of one way.
type WayReport struct {
	What     string `json:"what"`
	Requests int64  `json:"requests"`
	Failed   int64  `json:"failed"`
}

// Failure is how many requests failed in the same way.
type Failure struct {
	Kind  load.Kind `json:"kind"`
	Phase Phase     `json:"phase"`
	Kept  bool      `json:"kept"` // on connections that clients keep
	Count int64     `json:"count"`
	First string    `json:"first"` // one of that kind, in the client's words
}

// Latency is how long answers took of the requests that did not fail.
type Latency struct {
	Requests int64          `json:"requests"`
	P50      control.Millis `json:"p50_ms"`
	P999     control.Millis `json:"p999_ms"`
	Worst    control.Millis `json:"worst_ms"`
}

func latencyOf(h *load.Histogram, n int64) Latency {
	return Latency{n, control.Millis(h.Quantile(0.5)), control.Millis(h.Quantile(0.999)), control.Millis(h.Max())}
}

// assemble counts the shots, each in its handoff and phase.
func assemble(ways []Way, all []series, handoffs []Handoff) Report {
	r := Report{Handoffs: slices.Clone(handoffs)}
	var inside, outside load.Histogram
	failures := map[Failure]*Failure{} // by all but Count and First
	for i, s := range all {
		way := WayReport{What: ways[i].String()}
		for _, shot := range s.shots {
			way.Requests++
			r.Took = max(r.Took, control.Millis(shot.start+shot.took))
			in := touch(r.Handoffs, shot)
			switch {
			case shot.kind != load.OK:
				way.Failed++
				f := Failure{Kind: shot.kind, Phase: phaseOf(handoffs, shot), Kept: ways[i].kept()}
				if failures[f] == nil {
					failures[f] = &Failure{f.Kind, f.Phase, f.Kept, 0, s.first[shot.kind]}
				}
				failures[f].Count++
			case in:
				inside.Add(shot.took)
				r.Inside.Requests++
			default:
				outside.Add(shot.took)
				r.Outside.Requests++
			}
		}
		r.Ways = append(r.Ways, way)
		r.Requests += way.Requests
		r.Failed += way.Failed
	}
	r.Inside, r.Outside = latencyOf(&inside, r.Inside.Requests), latencyOf(&outside, r.Outside.Requests)
	r.Failures = sorted(failures)
	r.picture = draw(all, r.Took)
	return r
}

// touch adds a request to the handoffs that it touched, of which there is mostly one.
func touch(all []Handoff, s shot) (any bool) {
	from, _ := slices.BinarySearchFunc(all, control.Millis(s.start), func(h Handoff, at control.Millis) int {
		end, over := h.end()
		if over && end < at {
			return -1
		}
		return 1
	})
	for i := from; i < len(all) && all[i].Asked <= control.Millis(s.start+s.took); i++ {
		h := &all[i]
		any = true
		h.Requests++
		if s.kind != load.OK {
			h.Failed++
		} else {
			h.Worst = max(h.Worst, control.Millis(s.took))
		}
	}
	return any
}

func sorted(failures map[Failure]*Failure) []Failure {
	all := []Failure{}
	for _, f := range failures {
		all = append(all, *f)
	}
	kinds, order := load.Failures(), phases()
	slices.SortFunc(all, func(a, b Failure) int {
		return cmp.Or(
			cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)),
			cmp.Compare(slices.Index(order, a.Phase), slices.Index(order, b.Phase)),
			cmp.Compare(b.where(), a.where()),
		)
	})
	return all
}

// conclude says what it comes to.
func (r *Report) conclude() {
	r.Done = 0
	for _, h := range r.Handoffs {
		if h.promoted() && h.over() {
			r.Done++
		}
	}
	r.Answer = fmt.Sprintf("%s of %s requests failed during %s", grouped(r.Failed), grouped(r.Requests), counted(r.Done, "handoff"))
	if r.Done < r.Asked {
		r.Answer += fmt.Sprintf(" of the %d that were asked for", r.Asked)
	}
	r.Advice = append([]Advice{}, advise(*r)...)
	r.Notes = append([]string{}, r.Notes...)
	r.Handoffs = append([]Handoff{}, r.Handoffs...)
}

// Broken is the handoff that came to nothing, after which no other was tried; nil if
// there is none.
func (r *Report) Broken() *Handoff {
	for i, h := range r.Handoffs {
		if h.Outcome != "" && !h.promoted() {
			return &r.Handoffs[i]
		}
	}
	return nil
}

// grouped writes 184203 as 184,203.
func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// spread says the least and the most of some durations.
func spread(all []time.Duration) string {
	if len(all) == 0 {
		return "-"
	}
	least, most := short(control.Millis(slices.Min(all))), short(control.Millis(slices.Max(all)))
	if least == most {
		return fmt.Sprint(least)
	}
	return fmt.Sprintf("%v to %v", least, most)
}
