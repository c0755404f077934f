package telemetry

import (
	"fmt"
	"strings"

	"github.com/rs/zerolog"
)

// Problem is what a compiler says about a place in a file.
type Problem struct {
	File    string // as printed, so that a terminal or an editor finds it
	Line    int    // from 1
	Column  int    // from 1, in bytes; 0 if it is not known
	Message string // may have further lines
	Path    string // where its source is read; "": File, from the working directory
}

func (p Problem) place() string {
	if p.Column == 0 {
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// String is the problem as compilers print it.
func (p Problem) String() string { return p.place() + ": " + p.Message }

// MarshalZerologObject writes the fields that Event documents.
func (p Problem) MarshalZerologObject(e *zerolog.Event) {
	e.Str("file", p.File).Int("line", p.Line)
	if p.Column != 0 {
		e.Int("column", p.Column)
	}
	e.Str("message", p.Message)
}

type problems []Problem

func (p problems) MarshalZerologArray(a *zerolog.Array) {
	for _, one := range p {
		a.Object(one)
	}
}

// count is how many there are, in words. The go command gives up after ten.
func (p problems) count(said string) string {
	n := fmt.Sprintf("%d errors", len(p))
	switch {
	case len(p) == 1:
		n = "1 error"
	case strings.Contains(said, "too many errors"):
		n = "more than " + n
	}
	return n
}
