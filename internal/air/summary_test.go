package air

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// summary is a translated service in a few lines for people.
type summary struct{ build, run, watch, dev string }

func summarize(r Result) summary {
	services, _ := r.Tree["services"].(map[string]any)
	s, _ := services[r.service].(map[string]any)
	var dev []string
	for k, v := range tableIn(r.Tree, "dev") {
		dev = append(dev, fmt.Sprintf("%s=%v", k, v))
	}
	slices.Sort(dev)
	return summary{buildOf(s), runOf(r.service, s), watchOf(s), strings.Join(dev, " ")}
}

func buildOf(s map[string]any) string {
	build := tableIn(s, "build")
	var parts []string
	for _, b := range listIn(build, "before") {
		parts = append(parts, "first "+b)
	}
	switch {
	case s["package"] != nil:
		parts = append(parts, strings.Join(append([]string{"package", s["package"].(string)}, listIn(build, "flags")...), " "))
	case build["output"] != nil:
		parts = append(parts, fmt.Sprintf("%v → %v", build["command"], build["output"]))
	case build["command"] != nil:
		parts = append(parts, fmt.Sprint(build["command"]))
	}
	if build["debug"] == true {
		parts = append(parts, "debug")
	}
	return strings.Join(parts, "; ")
}

func runOf(name string, s map[string]any) string {
	parts := []string{name + ":"}
	env := tableIn(s, "env")
	for _, k := range slices.Sorted(maps.Keys(env)) {
		parts = append(parts, fmt.Sprintf("%s=%v", k, env[k]))
	}
	if command := listIn(s, "command"); command != nil {
		parts = append(parts, strings.Join(command, " "))
	} else {
		parts = append(parts, "it")
	}
	parts = append(parts, listIn(s, "args")...)
	if s["once"] != true {
		parts = append(parts, "| again")
	}
	if s["stdin"] == true {
		parts = append(parts, "| stdin")
	}
	if by := tableIn(s, "handoff")["by"]; by != nil {
		parts = append(parts, fmt.Sprint("| ", by))
	}
	if d := tableIn(s, "drain"); len(d) > 0 {
		parts = append(parts, strings.TrimRight(fmt.Sprintf("| drain %v %v", or(d["signal"], "TERM"), or(d["timeout"], "")), " "))
	}
	return strings.Join(parts, " ")
}

func or(v any, otherwise string) any {
	if v == nil {
		return otherwise
	}
	return v
}

func watchOf(s map[string]any) string {
	w := tableIn(s, "watch")
	text := strings.Join(listIn(w, "paths"), " ") + " | " + strings.Join(listIn(w, "include"), " ") + " | not " + strings.Join(listIn(w, "exclude"), " ")
	if w["poll"] != nil {
		text += fmt.Sprint(" | poll ", w["poll"])
	}
	return text
}

func tableIn(t map[string]any, key string) map[string]any {
	below, _ := t[key].(map[string]any)
	return below
}

func listIn(t map[string]any, key string) []string {
	list, _ := t[key].([]any)
	var out []string
	for _, v := range list {
		out = append(out, v.(string))
	}
	return out
}
