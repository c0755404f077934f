package air

import (
	"bytes"
	"errors"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// File is a config file of air that has the right types.
type File struct {
	Name string

	top       table
	rules     []table
	platforms map[string]table
	unknown   []unknown
}

// table holds what was said of keys.
type table map[string]value

// value is what was said and where.
type value struct {
	// v is a string, []string, bool, int64 or time.Duration.
	v      any
	origin string
}

type unknown struct{ key, origin string }

// Parse reads a file as air v1.67 does: types are strict, and keys are written in
// lower or in upper case. The error is an *Error, or several joined.
func Parse(name string, data []byte) (*File, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	x := indexLines(data)
	tree, err := parsed(data)
	if err != nil {
		return nil, syntaxError(name, x, err)
	}
	if err := otherwise(name, tree); err != nil {
		return nil, err
	}
	r := reader{file: &File{Name: name, top: table{}, platforms: map[string]table{}}, lines: x}
	r.read("", tree)
	return r.file, r.problems.err()
}

func syntaxError(name string, x lineIndex, err error) error {
	line := x.twiceLine
	located, ok := errors.AsType[*toml.DecodeError](err)
	if ok {
		line, _ = located.Position()
	}
	problem := strings.TrimPrefix(strings.Join(strings.Fields(err.Error()), " "), "toml: ")
	e := &Error{Where: at(name, line), Problem: problem, line: line, cause: err}
	if strings.Contains(problem, "escape") {
		e.Hint = "TOML knows \\n, \\t, \\\" and \\u001b; write paths with / or in single quotes"
	}
	if !ok && x.twice != "" {
		e.Problem = x.twice + " is set twice"
	}
	return e
}

// otherwise refuses a file that is for another program.
func otherwise(name string, tree map[string]any) error {
	if ours(tree) > 0 {
		return nil
	}
	if formatter(tree) {
		return &Error{
			Where: name, Problem: "this configures Air, the formatter of R code, and not air, the live reloader",
			Hint: "leave it out, or name another file with -c",
		}
	}
	if isTable(tree["services"]) {
		return &Error{Where: name, Problem: "this is a config of supervisor, not of air", Hint: "supervisor dev -c " + name}
	}
	return nil
}

// ours counts the keys at the top of a file that air knows.
func ours(tree map[string]any) int {
	n := 0
	for name := range tree {
		name, _ = spelled(name)
		for _, k := range Keys() {
			if top, _, _ := strings.Cut(k.Name, "."); top == name {
				n++
				break
			}
		}
	}
	return n
}

func isTable(v any) bool {
	_, ok := v.(map[string]any)
	return ok
}

// spelled is a name in lower case, if it is in one case only.
func spelled(name string) (string, bool) {
	lower := strings.ToLower(name)
	return lower, name == lower || name == strings.ToUpper(name)
}
