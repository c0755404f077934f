package config

import (
	"errors"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// indexTOML is for data that parses.
func indexTOML(data []byte) index {
	t := tomlIndexer{index{}, linesOf(data)}
	var p unstable.Parser
	p.Reset(data)
	var table path
	for p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = t.key(nil, e.Key())
		case unstable.KeyValue:
			t.keyValue(table, e)
		}
	}
	return t.index
}

type tomlIndexer struct {
	index index
	lines lines
}

// key adds a dotted key below table and returns it.
func (t tomlIndexer) key(table path, parts unstable.Iterator) path {
	p := table
	for parts.Next() {
		part := parts.Node()
		p = p.to(string(part.Data))
		t.index.add(p, t.at(part))
	}
	return p
}

func (t tomlIndexer) keyValue(table path, e *unstable.Node) {
	t.value(t.key(table, e.Key()), e.Value())
}

func (t tomlIndexer) value(p path, v *unstable.Node) {
	if len(p) > deepest {
		return
	}
	children := v.Children()
	switch v.Kind {
	case unstable.InlineTable:
		for children.Next() {
			t.keyValue(p, children.Node())
		}
	case unstable.Array:
		for i := 0; children.Next(); i++ {
			element := children.Node()
			// Only keys and strings know where they are.
			if element.Raw.Length > 0 {
				t.index.add(p.to(strconv.Itoa(i)), t.at(element))
			}
		}
	}
}

func (t tomlIndexer) at(n *unstable.Node) position { return t.lines.position(int(n.Raw.Offset)) }

func explainTOML(data []byte, err error) syntaxFault {
	f := syntaxFault{fault: reason(err, "toml")}
	if located, ok := errors.AsType[*toml.DecodeError](err); ok {
		f.line, f.column = located.Position()
	} else {
		f.line = firstBadLine(data)
	}
	escape := func(word string) bool { return strings.Contains(f.problem, word) }
	if slices.ContainsFunc([]string{"escaped character", "unicode point", "non-hex"}, escape) { // a path of Windows, mostly
		f.fault = f.hinted(`a backslash in double quotes begins an escape: write 'C:\dir' or "C:/dir"`)
	}
	return f
}

// firstBadLine finds the key that clashes with an earlier one, an error for
// which the parser tells no position. It reads from the top, so the file cut
// off after line n gives that error if n is at or beyond the key, and before
// it no error or one that has a position, where a value is cut.
func firstBadLine(data []byte) int {
	starts := append(linesOf(data), len(data))
	n := len(starts) - 1
	return 1 + sort.Search(n, func(line int) bool {
		var tree map[string]any
		err := toml.Unmarshal(data[:starts[line+1]], &tree)
		_, located := errors.AsType[*toml.DecodeError](err)
		return err != nil && !located
	})
}
