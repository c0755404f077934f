package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// explain tells where each value below root comes from, with the environment of a
// service.
func (r reader) explain(e environment) []Setting {
	var settings []Setting
	for key, k := range keysBelow(r.root) {
		p := r.path(key)
		if k.Type == Table {
			settings = append(settings, e.explain(p)...)
			continue
		}
		if owner := r.owner[p.id()]; owner != nil {
			settings = append(settings, Setting{p.String(), k.literal(r.values.Get(p.id())), owner.place(p).String()})
		}
	}
	rules, _ := r.values.Get(r.path(rulesKey).id()).(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		settings = append(settings, r.loader.reader(r.merged, r.path(rulesKey, name), place{}).explain(nil)...)
	}
	return settings
}

// literal writes a value for people. That of a variable is a string, whatever the
// key takes.
func (k Key) literal(v any) string {
	switch k.Type {
	case Number:
		n, _ := k.number(v)
		return literal(n)
	case Bool:
		is, _ := k.truth(v)
		return literal(is)
	}
	return literal(v)
}

func (e environment) explain(p path) []Setting {
	var settings []Setting
	for _, name := range slices.Sorted(maps.Keys(e)) {
		settings = append(settings, Setting{p.to(name).String(), literal(e[name].value), e[name].at.String()})
	}
	return settings
}

// literal writes a value for people.
func literal(v any) string {
	switch v := v.(type) {
	case string:
		return strconv.Quote(v)
	case []any:
		parts := make([]string, len(v))
		for i, element := range v {
			parts[i] = literal(element)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	default:
		return fmt.Sprint(v)
	}
}
