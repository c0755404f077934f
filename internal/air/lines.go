package air

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// lineIndex tells on which line a key stands, by its full name with dots. Tables of an
// array have their number in the name: "build.rules.0.cmd".
type lineIndex struct {
	lines map[string]int
	// twice is the first key or table that stands there twice, which no table of
	// the parser's tells.
	twice     string
	twiceLine int
	tables    map[string]int // [[table]] → how many so far

	data   []byte
	offset int // where counted lines end
	passed int // how many these are
}

// deepest is how many parts a key of air has, with room for more.
const deepest = 8

// indexLines goes as far as the data can be read.
func indexLines(data []byte) lineIndex {
	x := lineIndex{lines: map[string]int{}, tables: map[string]int{}, data: data}
	var p unstable.Parser
	p.Reset(data)
	headers := map[string]bool{}
	prefix := ""
	for p.NextExpression() {
		e := p.Expression()
		if e.Kind != unstable.Table && e.Kind != unstable.ArrayTable && e.Kind != unstable.KeyValue {
			continue
		}
		name, line := x.name(prefix, e)
		switch e.Kind {
		case unstable.Table:
			x.note(name, line, headers[name])
			headers[name] = true
			prefix = name + "."
		case unstable.ArrayTable:
			x.note(name, line, false)
			prefix = name + "." + strconv.Itoa(x.tables[name]) + "."
			x.tables[name]++
			x.note(prefix[:len(prefix)-1], line, false)
		case unstable.KeyValue:
			x.note(name, line, x.lines[name] > 0)
		}
	}
	return x
}

// name is the full name of an expression: a table's does not depend on the one before.
func (x *lineIndex) name(prefix string, e *unstable.Node) (name string, line int) {
	var parts []string
	keys := e.Key()
	for keys.Next() && len(parts) < deepest {
		n := keys.Node()
		if len(parts) == 0 {
			line = x.lineAt(int(n.Raw.Offset))
		}
		parts = append(parts, string(n.Data))
	}
	if e.Kind == unstable.Table || e.Kind == unstable.ArrayTable {
		prefix = ""
	}
	return prefix + strings.Join(parts, "."), line
}

// lineAt counts on from the expression before.
func (x *lineIndex) lineAt(offset int) int {
	if offset = min(offset, len(x.data)); offset > x.offset {
		x.passed += bytes.Count(x.data[x.offset:offset], []byte("\n"))
		x.offset = offset
	}
	return 1 + x.passed
}

func (x *lineIndex) note(name string, line int, again bool) {
	if again && x.twice == "" {
		x.twice, x.twiceLine = name, line
	}
	if x.lines[name] == 0 {
		x.lines[name] = line
	}
}

// line is that of the key, or of the nearest table above it.
func (x *lineIndex) line(name string) int {
	for name != "" {
		if line := x.lines[name]; line > 0 {
			return line
		}
		cut := strings.LastIndexByte(name, '.')
		name = name[:max(cut, 0)]
	}
	return 0
}
