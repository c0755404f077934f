package telemetry

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// Screen is a terminal where lines that change stand below lines that scroll, as
// internal/terminal has one. Its methods must not wait for the terminal for long.
type Screen interface {
	// Write takes whole lines, which scroll.
	io.Writer
	// Live says what stands below them: render returns the lines at a time, and
	// when they will look different, 0 for never. A nil render takes them away.
	Live(render func(now time.Time, width int) (lines []string, again time.Duration))
}

// unseen is how long a phase must last to be shown: shorter ones would flicker.
const unseen = 100 * time.Millisecond

// live shows the phases that are under way.
func (l *Logger) live() {
	if len(l.phases) == 0 {
		l.screen.Live(nil)
		return
	}
	running, column, paint := l.phases, l.width, l.paint
	l.screen.Live(func(now time.Time, width int) (lines []string, again time.Duration) {
		again = math.MaxInt64
		for _, p := range running {
			age := now.Sub(p.since)
			again = min(again, nextLook(age))
			if age >= unseen {
				lines = append(lines, p.line(age, column, width, paint))
			}
		}
		return lines, again
	})
}

// line leaves the time of day out where there is no room for it.
func (p phase) line(age time.Duration, column, width int, paint paint) string {
	rest := strings.Repeat(" ", max(0, column-len(p.service)))
	if p.generation != 0 {
		rest += fmt.Sprintf(" #%d", p.generation)
	}
	rest += " " + p.kind + " " + running(age) + " …"
	began := p.since.Format(time.TimeOnly) + " "
	if utf8.RuneCountInString(began+p.service+rest) >= width {
		began, rest = "", " "+strings.TrimLeft(rest, " ")
	}
	line := paint.faint(began) + paint.service(p.service, 0) + rest
	return strings.TrimLeft(line, " ")
}

// running is how long a phase takes so far: 1.2s, 42s, 3m5s. It never runs ahead.
func running(age time.Duration) string {
	if age < 10*time.Second {
		return fmt.Sprintf("%d.%ds", age/time.Second, age%time.Second/(100*time.Millisecond))
	}
	return age.Truncate(time.Second).String()
}

// nextLook is when running says something else.
func nextLook(age time.Duration) time.Duration {
	step := time.Second
	if age < 10*time.Second {
		step = 100 * time.Millisecond
	}
	return step - max(0, age)%step
}
