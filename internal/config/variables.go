package config

import (
	"maps"
	"slices"
	"strings"
)

const (
	variablePrefix = "SUPERVISOR_"
	levelSeparator = "__"
)

// variables makes a layer of SUPERVISOR_SERVICES__WEB__WORKERS and the like.
// Variables without a level, such as SUPERVISOR_PROFILE, are no keys. Levels
// match in any case, and "_" matches a "-" in the name of a service, which no
// shell allows in a variable. Names of env variables keep their case. The name
// of a service that holds "__" cannot be written.
func (l *loader) variables(names []string) *layer {
	layer := newTopLayer(l.nextRank())
	for _, variable := range slices.Sorted(maps.Keys(l.vars)) {
		rest, ours := strings.CutPrefix(variable, variablePrefix)
		if !ours || !strings.Contains(rest, levelSeparator) {
			continue
		}
		parts := strings.Split(rest, levelSeparator) // two or more
		parts[1] = nameOf(strings.ToLower(parts[1]), names)
		at := place{rank: l.rank, file: variable}
		if p, k := l.resolve(parts, spelling{levelSeparator, strings.ToLower}, at); k != nil {
			layer.put(p, k.fromText(l.vars[variable]), at)
		}
	}
	return layer
}

func newTopLayer(rank int) *layer {
	return &layer{tree: map[string]any{}, source: place{rank: rank}, places: map[string]place{}}
}

// nameOf finds the service that a level of a variable means.
func nameOf(level string, names []string) string {
	if slices.Contains(names, level) {
		return level
	}
	for _, name := range names {
		if level == strings.ReplaceAll(name, "-", "_") {
			return name
		}
	}
	return level
}

// fromText reads a list by commas, with spaces around them dropped.
func (k Key) fromText(s string) any {
	if k.Type != Strings && k.Type != Addresses {
		return s
	}
	list := []any{}
	if s == "" {
		return list
	}
	for element := range strings.SplitSeq(s, ",") {
		list = append(list, strings.TrimSpace(element))
	}
	return list
}
