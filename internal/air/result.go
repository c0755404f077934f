package air

import (
	"fmt"
	"strings"
)

// Result is a file of air in the terms of our own config.
type Result struct {
	// Tree holds tables, lists ([]any), strings and bools, as a parser gives them.
	Tree map[string]any
	// Origins tell where the values come from, by key: "services.web.build.command"
	// → ".air.toml:12".
	Origins map[string]string
	// Warnings have one line each: what means nothing here and what to use
	// instead, and what is run in another way than a reader of the file may expect.
	Warnings []string

	service string
	source  string
}

// put sets a key of the service. A value without an origin of its own is air's default.
func (r *Result) put(key, origin string, v any) {
	r.set("services."+r.service+"."+key, origin, v)
}

func (r *Result) set(key, origin string, v any) {
	if origin == "" {
		origin = r.source
	}
	r.Origins[key] = origin
	parts := strings.Split(key, ".")
	tree := r.Tree
	for _, part := range parts[:len(parts)-1] {
		below, ok := tree[part].(map[string]any)
		if !ok {
			below = map[string]any{}
			tree[part] = below
		}
		tree = below
	}
	if list, ok := v.([]string); ok {
		v = anyList(list)
	}
	tree[parts[len(parts)-1]] = v
}

func anyList(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// warn tells of a key that stands at origin.
func (r *Result) warn(origin, format string, args ...any) {
	if origin == "" {
		origin = r.source
	}
	r.Warnings = append(r.Warnings, printable(origin+": "+fmt.Sprintf(format, args...)))
}
