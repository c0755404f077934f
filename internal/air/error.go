package air

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Error is one fault of a file or a flag.
type Error struct {
	// Where is the file, FILE:LINE, or the flag.
	Where   string
	Key     string
	Problem string
	Hint    string

	line  int
	cause error
}

func (e *Error) Error() string {
	text := "cannot load config: " + e.Where + ": "
	if e.Key != "" {
		text += e.Key + ": "
	}
	text += e.Problem
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return printable(text)
}

// Unwrap returns what a parser said, if it was one.
func (e *Error) Unwrap() error { return e.cause }

// printable keeps what a file holds from steering a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// problems collects faults, to report all of them in the order of the file.
type problems []*Error

func (p *problems) add(e *Error) { *p = append(*p, e) }

func (p problems) err() error {
	slices.SortStableFunc(p, func(a, b *Error) int { return cmp.Compare(a.line, b.line) })
	all := make([]error, len(p))
	for i, e := range p {
		all[i] = e
	}
	if len(all) == 1 {
		return all[0]
	}
	return errors.Join(all...)
}

// at is a place in a file.
func at(file string, line int) string {
	if line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, line)
}
