package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
)

// indexJSON is for data that parses.
func indexJSON(data []byte) index {
	j := newJSONIndexer(data)
	j.value(nil)
	return j.index
}

type jsonIndexer struct {
	*json.Decoder
	lines lines
	index index
	// twice is the first key that is there already.
	twice path
	at    position
}

func newJSONIndexer(data []byte) *jsonIndexer {
	return &jsonIndexer{Decoder: json.NewDecoder(bytes.NewReader(data)), lines: linesOf(data), index: index{}}
}

// here is the position of the last byte read: a key or scalar is on one line.
func (j *jsonIndexer) here() position { return j.lines.position(int(j.InputOffset()) - 1) }

// value reads one value, which is p.
func (j *jsonIndexer) value(p path) {
	token, err := j.Token()
	if err != nil {
		return
	}
	if len(p) > deepest {
		j.skip(token)
		return
	}
	j.index.add(p, j.here())
	switch token {
	case json.Delim('{'):
		j.object(p)
	case json.Delim('['):
		j.array(p)
	}
}

// skip reads to the end of the value that begins with token.
func (j *jsonIndexer) skip(token json.Token) {
	for depth := 0; ; {
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return
		}
		var err error
		if token, err = j.Token(); err != nil {
			return
		}
	}
}

func (j *jsonIndexer) object(p path) {
	for j.More() {
		token, err := j.Token()
		if err != nil {
			return
		}
		name, _ := token.(string)
		key := p.to(name)
		if _, known := j.index[key.id()]; known && j.twice == nil {
			j.twice, j.at = key, j.here()
		}
		j.index.add(key, j.here())
		j.value(key)
	}
	_, _ = j.Token()
}

func (j *jsonIndexer) array(p path) {
	for i := 0; j.More(); i++ {
		j.value(p.to(strconv.Itoa(i)))
	}
	_, _ = j.Token()
}

// checkJSON refuses a key that is there twice: the first would be lost.
func checkJSON(data []byte) *syntaxFault {
	j := newJSONIndexer(data)
	if j.value(nil); j.twice == nil {
		return nil
	}
	return &syntaxFault{position{line: j.at.line}, wrong("key %s is already defined", j.twice)}
}

func explainJSON(data []byte, err error) syntaxFault {
	f := syntaxFault{fault: reason(err, "json")}
	if bad, ok := errors.AsType[*json.SyntaxError](err); ok {
		f.position = linesOf(data).position(max(0, int(bad.Offset)-1))
	}
	if bad, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		f.problem = bad.Value + " is out of range"
		if bad.Type.Kind() == reflect.Map {
			f.problem = noTable
		}
		f.position = linesOf(data).position(max(0, int(bad.Offset)-1))
	}
	return f
}
