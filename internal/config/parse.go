package config

import (
	"bytes"
	"path/filepath"
	"strings"

	"github.com/knadh/koanf/parsers/json"
	"github.com/knadh/koanf/parsers/toml/v2"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
)

// document is a parsed file.
type document struct {
	tree  map[string]any
	index index
}

// position in a file, counted from 1; 0 is unknown.
type position struct{ line, column int }

// index tells where a key first appears, by its path's id. Elements of lists
// have their number as the last part. koanf knows no positions, hence this.
type index map[string]position

// deepest is the length of the longest path that can be of use, with room. What
// is deeper is unknown anyway, and would cost time and memory by its square.
const deepest = 16

// add records p and, if they are new, the tables that hold it.
func (x index) add(p path, at position) {
	for n := len(p); n > 0; n-- {
		id := p[:n].id()
		if _, known := x[id]; known {
			return
		}
		x[id] = at
	}
}

// syntaxFault is why a file does not parse, and where.
type syntaxFault struct {
	position
	fault
}

// syntax is a file format: koanf's parser, and what koanf does not tell.
type syntax struct {
	parser  koanf.Parser
	index   func([]byte) index
	explain func(data []byte, err error) syntaxFault
	// check finds faults that the parser lets pass. It may be nil.
	check func([]byte) *syntaxFault
}

// syntaxOf goes by the extension. All that is nothing else is TOML.
func syntaxOf(file string) syntax {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".yaml", ".yml":
		return syntax{yaml.Parser(), indexYAML, explainYAML, checkYAML}
	case ".json":
		return syntax{json.Parser(), indexJSON, explainJSON, checkJSON}
	default:
		return syntax{toml.Parser(), indexTOML, explainTOML, nil}
	}
}

func parse(file string, data []byte) (document, *syntaxFault) {
	// Editors on Windows like to begin with a byte order mark.
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	s := syntaxOf(file)
	if len(bytes.TrimSpace(data)) == 0 {
		return document{}, nil // an empty file is no JSON, but says nothing wrong either
	}
	ko := koanf.New(separator)
	if err := ko.Load(rawbytes.Provider(data), s.parser); err != nil {
		f := s.explain(data, err)
		return document{}, &f
	}
	if s.check != nil {
		if f := s.check(data); f != nil {
			return document{}, f
		}
	}
	return document{ko.Raw(), s.index(data)}, nil
}

// noTable is the fault of YAML and JSON that is a list or a scalar.
const noTable = "want a table at the top of the file"

// reason is a parser's error on one line, without the parser's name.
func reason(err error, name string) fault {
	text := strings.TrimPrefix(err.Error(), name+": ")
	return wrong("%s", strings.Join(strings.Fields(text), " "))
}
