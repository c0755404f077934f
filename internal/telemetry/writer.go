package telemetry

import (
	"bytes"
	"io"
	"os"
	"time"
	"unicode/utf8"

	"github.com/rs/zerolog"
)

const (
	maxLine = 16 << 10 // bytes; what is longer goes on in the next line
	output  = "output" // the event of a service's line
	bar     = "| "
)

// Writer returns where a process of a service, or its build, writes its output:
// each line is shown with the name and the generation. A line comes out when it is
// whole, has 16 KiB, or the writer is closed. Use one writer for each pipe, or the
// beginnings of their lines mix.
//
// A Write fails only after Close.
func (l *Logger) Writer(service string, generation int) io.WriteCloser {
	return &lineWriter{log: l, service: service, generation: generation}
}

// lineWriter is guarded by log.mu.
type lineWriter struct {
	log        *Logger
	service    string
	generation int
	rest       []byte // of a line that is not whole yet; never more than maxLine
	closed     bool
}

func (w *lineWriter) Write(p []byte) (int, error) {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	if w.closed {
		return 0, os.ErrClosed
	}
	n := len(p)
	for len(p) > 0 {
		p = w.take(p)
	}
	return n, nil
}

// take shows the first line of p or keeps its beginning, and returns the rest.
func (w *lineWriter) take(p []byte) []byte {
	room := maxLine - len(w.rest)
	line, after, whole := bytes.Cut(p, []byte("\n"))
	switch {
	case len(line) > room:
		w.rest = append(w.rest, p[:room]...)
		w.split()
		return p[room:]
	case whole:
		w.show(append(w.rest, line...))
		w.rest = w.rest[:0]
		return after
	}
	w.rest = append(w.rest, line...)
	return nil
}

// split shows a full buffer up to the last whole character.
func (w *lineWriter) split() {
	n := wholeRunes(w.rest)
	w.show(w.rest[:n])
	w.rest = append(w.rest[:0], w.rest[n:]...)
}

// wholeRunes is the length of b without a character that was cut off.
func wholeRunes(b []byte) int {
	for i := len(b) - 1; i >= max(0, len(b)-utf8.UTFMax); i-- {
		if utf8.RuneStart(b[i]) {
			if utf8.FullRune(b[i:]) {
				break
			}
			return i
		}
	}
	return len(b)
}

func (w *lineWriter) show(line []byte) {
	said := string(bytes.TrimSuffix(line, []byte("\r")))
	w.log.heard(w.service, w.generation, said)
	if w.log.shows(w.service) {
		w.log.line(time.Now(), w.service, w.generation, said)
	}
}

// Line shows one that was printed at another time.
func (l *Logger) Line(at time.Time, service string, generation int, said string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.line(at, service, generation, said)
}

func (l *Logger) line(at time.Time, service string, generation int, said string) {
	e := l.event(zerolog.InfoLevel, at, service, generation)
	switch l.mode {
	case JSON:
	case Journal:
		l.journal.level, said = ownPriority(said)
		said = bar + said
	default:
		said = bar + said
	}
	e.Str(fieldEvent, output).Msg(said)
}

func (w *lineWriter) Close() error {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	if len(w.rest) > 0 {
		w.show(w.rest)
	}
	w.rest, w.closed = nil, true
	return nil
}
