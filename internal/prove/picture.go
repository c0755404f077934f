package prove

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// picture is latency over time, as few marks as a reader can tell apart: however many
// requests there were, a column stands for all that ended in its share of the time.
type picture struct {
	took    time.Duration
	columns [columns]column
}

const columns = 400

type column struct {
	n      int
	p50    time.Duration
	worst  time.Duration
	failed map[load.Kind]int
}

func draw(all []series, took control.Millis) *picture {
	p := &picture{took: max(time.Duration(took), time.Millisecond)}
	var answers [columns][]time.Duration
	for _, s := range all {
		for _, shot := range s.shots {
			i := min(max(int(int64(shot.start+shot.took)*columns/int64(p.took)), 0), columns-1)
			if shot.kind == load.OK {
				answers[i] = append(answers[i], shot.took)
				continue
			}
			if p.columns[i].failed == nil {
				p.columns[i].failed = map[load.Kind]int{}
			}
			p.columns[i].failed[shot.kind]++
		}
	}
	for i, of := range answers {
		if len(of) > 0 {
			slices.Sort(of)
			c := &p.columns[i]
			c.n, c.p50, c.worst = len(of), of[len(of)/2], of[len(of)-1]
		}
	}
	return p
}

// The places of a drawing, in the units of its viewBox.
const (
	wide, high  = 1000.0, 320.0
	left, right = 60.0, 990.0
	top, bottom = 40.0, 290.0
	failureLane = 26.0 // where failures are marked
)

// drawing is a picture as the template needs it: places, and words.
type drawing struct {
	Bars     []bar
	Middle   string // the points of the line of medians
	Bands    []band
	Failures []mark
	Rows     []grid
	Steps    []grid
}

type bar struct{ X, W, Y, H string }

type band struct {
	X, W, Flip string
	Title      string
	Broken     bool
}

type mark struct{ X, Y, R, Title string }

type grid struct{ At, Text string }

func unit(v float64) string { return fmt.Sprintf("%.1f", v) }

func (p *picture) x(at time.Duration) float64 {
	return left + (right-left)*float64(at)/float64(p.took)
}

// scale is logarithmic, in whole powers of ten.
type scale struct{ low, high float64 }

func (p *picture) scale() scale {
	s := scale{math.Inf(1), math.Inf(-1)}
	for _, c := range p.columns {
		if c.n > 0 {
			s.low = min(s.low, math.Floor(math.Log10(max(float64(c.p50), 1))))
			s.high = max(s.high, math.Ceil(math.Log10(max(float64(c.worst), 1))))
		}
	}
	if s.low >= s.high { // nothing was answered, or all in no time
		return scale{5, 6}
	}
	return s
}

func (s scale) y(d time.Duration) float64 {
	share := (math.Log10(max(float64(d), 1)) - s.low) / (s.high - s.low)
	return bottom - (bottom-top)*min(max(share, 0), 1)
}

func (p *picture) drawing(handoffs []Handoff) (d drawing) {
	s := p.scale()
	step := (right - left) / columns
	for i, c := range p.columns {
		x := left + step*float64(i)
		if c.n > 0 {
			y := s.y(c.worst)
			d.Bars = append(d.Bars, bar{unit(x), unit(step), unit(y), unit(bottom - y)})
			d.Middle += unit(x+step/2) + "," + unit(s.y(c.p50)) + " "
		}
		if len(c.failed) > 0 {
			d.Failures = append(d.Failures, c.mark(x+step/2, p.took*time.Duration(i)/columns))
		}
	}
	for _, h := range handoffs {
		d.Bands = append(d.Bands, p.band(h))
	}
	for e := s.low; e <= s.high; e++ {
		at := time.Duration(math.Pow(10, e))
		d.Rows = append(d.Rows, grid{unit(s.y(at)), at.String()})
	}
	for i := range 6 {
		at := p.took * time.Duration(i) / 5
		d.Steps = append(d.Steps, grid{unit(p.x(at)), at.Round(100 * time.Millisecond).String()})
	}
	return d
}

func (c column) mark(x float64, at time.Duration) mark {
	text, n := "", 0
	for _, k := range load.Failures() {
		if c.failed[k] > 0 {
			text += fmt.Sprintf(", %d %s", c.failed[k], k)
			n += c.failed[k]
		}
	}
	r := min(2+math.Log2(float64(n)), 8)
	return mark{unit(x), unit(failureLane), unit(r), "at " + at.Round(time.Millisecond).String() + text}
}

func (p *picture) band(h Handoff) band {
	end, over := h.end()
	if !over {
		end = control.Millis(p.took)
	}
	from, to := p.x(time.Duration(h.Asked)), p.x(min(time.Duration(end), p.took))
	b := band{X: unit(from), W: unit(max(to-from, 1)), Title: h.sentence(h.Number), Broken: !h.promoted()}
	b.Title = fmt.Sprintf("handoff %d: %s", h.Number, b.Title[len(fmt.Sprintf("handoff %d of %d: ", h.Number, h.Number)):])
	if h.Ready != 0 {
		b.Flip = unit(p.x(time.Duration(h.Ready)))
	}
	return b
}
