package telemetry

import (
	"fmt"
	"strings"
)

// maxProblems is how many are shown one by one: more would push the first ones,
// which are those to mend, off the screen.
const maxProblems = 10

// transcript is what a compiler said, for a reader: the problems with their source,
// everything else as it is.
type transcript struct {
	paint
	b     strings.Builder
	left  problems // not shown yet
	shown int
}

func (l *Logger) transcript(said string, all []Problem) string {
	t := transcript{paint: l.paint, left: all}
	lines := strings.Split(strings.TrimRight(said, "\r\n"), "\n")
	for len(lines) > 0 {
		lines = lines[t.line(lines):]
	}
	// What was said may have lost its beginning, or was streamed before.
	for len(t.left) > 0 {
		t.problem()
	}
	if n := t.shown - maxProblems; n > 0 {
		fmt.Fprintln(&t.b, t.faint(fmt.Sprintf("… and %d more", n)))
	}
	return t.b.String()
}

// line shows what the first lines are about and returns how many these were.
func (t *transcript) line(lines []string) int {
	first := strings.TrimRight(lines[0], "\r")
	if len(t.left) > 0 {
		head, more, _ := strings.Cut(t.left[0].String(), "\n")
		if first == head {
			t.problem()
			n := 1
			for m := range strings.Lines(more) {
				if n < len(lines) && strings.TrimRight(lines[n], "\r") == strings.TrimRight(m, "\r\n") {
					n++
				}
			}
			return n
		}
	}
	if first != "" && t.shown <= maxProblems {
		fmt.Fprintln(&t.b, t.faint(first))
	}
	return 1
}

func (t *transcript) problem() {
	p := t.left[0]
	t.left = t.left[1:]
	if t.shown++; t.shown > maxProblems {
		return
	}
	head, more, _ := strings.Cut(p.Message, "\n")
	fmt.Fprintln(&t.b, t.with(bold, p.place())+": "+t.with(red, head))
	if more != "" {
		fmt.Fprintln(&t.b, more)
	}
	if source, caret, ok := snippet(p); ok {
		fmt.Fprintf(&t.b, "%s%s\n", t.faint(fmt.Sprintf("%6d | ", p.Line)), source)
		if caret != "" {
			fmt.Fprintf(&t.b, "%s%s\n", t.faint("       | "), t.with(red, caret))
		}
	}
}
