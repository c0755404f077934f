package config

import (
	"maps"
	"slices"
	"strings"
)

// flags makes the highest layer.
func (l *loader) flags() *layer {
	layer := newTopLayer(l.nextRank())
	layer.literal = true
	for _, dotted := range slices.Sorted(maps.Keys(l.Flags)) {
		at := place{rank: l.rank, file: "flag"}
		if name := l.FlagNames[dotted]; name != "" {
			at.file = name
		}
		p, k := l.resolve(strings.Split(dotted, "."), spelling{".", strings.Clone}, at)
		if k == nil {
			continue
		}
		layer.put(p, plain(l.Flags[dotted]), at)
	}
	return layer
}

// plain turns Go's lists and tables into those of parsers.
func plain(v any) any {
	switch v := v.(type) {
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = s
		}
		return list
	case map[string]string:
		table := map[string]any{}
		for name, s := range v {
			table[name] = s
		}
		return table
	default:
		return v
	}
}
