package assets

import (
	"fmt"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// maxProblems is how many problems of each kind are kept.
const maxProblems = 100

// Problem is what esbuild says about a place in a file.
type Problem struct {
	File    string // relative to Options.Dir; "" if the problem has no place
	Line    int    // from 1
	Column  int    // from 1, in bytes
	Message string // may have further lines, indented by a tab
}

// String is the problem as compilers print it.
func (p Problem) String() string {
	if p.File == "" {
		return p.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}

// Error is why nothing was built: what is wrong with the source.
type Error struct {
	Problems []Problem // at least one
}

// Error is one line with the first problem.
func (e *Error) Error() string {
	first, _, _ := strings.Cut(e.Problems[0].String(), "\n")
	text := "cannot build assets: " + first
	if n := len(e.Problems); n > 1 {
		text += fmt.Sprintf(" (and %d more)", n-1)
	}
	return text
}

func problems(messages []api.Message) []Problem {
	var found []Problem
	for _, m := range messages[:min(len(messages), maxProblems)] {
		p := Problem{Message: m.Text}
		if at := m.Location; at != nil {
			p.File, p.Line, p.Column = at.File, at.Line, at.Column+1
		}
		for _, n := range m.Notes {
			p.Message += "\n\t" + strings.ReplaceAll(n.Text, "\n", "\n\t")
		}
		found = append(found, p)
	}
	return found
}
