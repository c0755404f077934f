package config

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// indexYAML is for data that parses.
func indexYAML(data []byte) index {
	x := index{}
	var root yaml.Node
	if yaml.Unmarshal(data, &root) == nil && len(root.Content) > 0 {
		x.addYAML(nil, root.Content[0])
	}
	return x
}

// addYAML does not follow aliases: what they hold is where they stand, and
// following them could take forever.
func (x index) addYAML(p path, n *yaml.Node) {
	if len(p) > deepest {
		return
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := p.to(n.Content[i].Value)
			x.add(key, position{n.Content[i].Line, n.Content[i].Column})
			x.addYAML(key, n.Content[i+1])
		}
	case yaml.SequenceNode:
		for i, element := range n.Content {
			x.add(p.to(strconv.Itoa(i)), position{element.Line, element.Column})
		}
	}
}

func explainYAML(_ []byte, err error) syntaxFault {
	if several, ok := errors.AsType[*yaml.TypeError](err); ok && len(several.Errors) > 0 {
		err = errors.New(several.Errors[0])
	}
	f := syntaxFault{fault: reason(err, "yaml")}
	if m := regexp.MustCompile(`^line (\d+): (.*)$`).FindStringSubmatch(f.problem); m != nil {
		f.line, _ = strconv.Atoi(m[1])
		f.problem = m[2]
	}
	if strings.HasSuffix(f.problem, "into map[string]interface {}") {
		f.problem = noTable
	}
	return f
}

// checkYAML refuses a second document, which would not be read.
func checkYAML(data []byte) *syntaxFault {
	d := yaml.NewDecoder(bytes.NewReader(data))
	var first, second yaml.Node
	if d.Decode(&first) != nil {
		return nil
	}
	if err := d.Decode(&second); errors.Is(err, io.EOF) {
		return nil
	}
	return &syntaxFault{position{line: second.Line}, wrong("more than one YAML document")}
}
