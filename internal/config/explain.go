package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// explain tells where each value of the service comes from.
func (r reader) explain(s Service, e environment) []Setting {
	var settings []Setting
	for key, k := range serviceKeys() {
		p := pathOf(s.Name, key)
		if k.Type == Table {
			settings = append(settings, e.explain(p)...)
			continue
		}
		if owner := r.owner[p.id()]; owner != nil {
			v := r.values.Get(p.id())
			if k.Type == Number { // a variable's is a string
				v = s.Workers
			}
			settings = append(settings, Setting{p.String(), literal(v), owner.place(p).String()})
		}
	}
	return settings
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
