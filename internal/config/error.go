package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Error is one fault of the configuration.
type Error struct {
	// File is the file as it was given, or the variable or flag at fault.
	File string
	// Line and Column count from 1. 0 is unknown; only files that do not
	// parse have a column.
	Line, Column int
	Key          string
	Problem      string
	Hint         string

	cause error
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("cannot load config: ")
	if e.File != "" {
		b.WriteString(e.File)
		if e.Line > 0 {
			fmt.Fprintf(&b, ":%d", e.Line)
		}
		if e.Column > 0 {
			fmt.Fprintf(&b, ":%d", e.Column)
		}
		b.WriteString(": ")
	}
	if e.Key != "" {
		b.WriteString(e.Key + ": ")
	}
	b.WriteString(e.Problem)
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// Unwrap returns the error of the operating system, if there was one.
func (e *Error) Unwrap() error { return e.cause }

// problems collects faults, to report all of them at once in file order.
type problems struct{ found []problem }

type problem struct {
	at  place
	err *Error
}

func (p *problems) add(at place, key string, f fault) {
	p.found = append(p.found, problem{at, &Error{
		File: at.file, Line: at.line, Key: key,
		Problem: f.problem, Hint: f.hint, cause: f.cause,
	}})
}

// err is nil, the only fault, or all of them joined.
func (p *problems) err() error {
	slices.SortStableFunc(p.found, func(a, b problem) int { return a.at.compare(b.at) })
	if len(p.found) == 1 {
		return p.found[0].err
	}
	all := make([]error, len(p.found))
	for i, f := range p.found {
		all[i] = f.err
	}
	return errors.Join(all...)
}

// fault is what is wrong with a value, apart from where it is.
type fault struct {
	// element is the position in a list of what is wrong, or whole.
	element       int
	problem, hint string
	cause         error
}

// whole says that a fault is not about one element of a list.
const whole = -1

func wrong(format string, args ...any) fault {
	return fault{element: whole, problem: fmt.Sprintf(format, args...)}
}

func (f fault) hinted(format string, args ...any) fault {
	f.hint = fmt.Sprintf(format, args...)
	return f
}

// place is where a value was set.
type place struct {
	// rank orders sources: 0 for defaults, then files as read, then
	// variables, then flags.
	rank         int
	file         string
	line, column int
	profile      string
}

func (p place) compare(o place) int {
	return cmp.Or(cmp.Compare(p.rank, o.rank), cmp.Compare(p.line, o.line), cmp.Compare(p.column, o.column))
}

func (p place) String() string {
	s := p.file
	if p.line > 0 {
		s = fmt.Sprintf("%s:%d", s, p.line)
	}
	if p.profile != "" {
		s += " (profile " + p.profile + ")"
	}
	return s
}
