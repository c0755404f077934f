package air

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// reader turns a parsed tree into a File.
type reader struct {
	file     *File
	lines    lineIndex
	problems problems
}

// read reads a table that has known keys, at the top of the file or one level down.
func (r *reader) read(prefix string, tree map[string]any) {
	known := map[string]Key{}
	for _, k := range Keys() {
		known[k.Name] = k
	}
	for _, written := range slices.Sorted(maps.Keys(tree)) {
		v := tree[written]
		lower, one := spelled(written)
		name, place := prefix+lower, prefix+written
		k, ok := known[name]
		switch {
		case !one:
			r.stranger(place)
		case ok && k.Type == Rules:
			r.readRules(place, v)
		case ok && k.Type == Platform:
			r.readPlatform(place, lower, v)
		case ok:
			r.set(r.file.top, k, name, place, v)
		case prefix == "" && section(name):
			r.section(name, place, v)
		default:
			r.stranger(place)
		}
	}
}

// section tells whether name is one of air's tables.
func section(name string) bool {
	return slices.ContainsFunc(Keys(), func(k Key) bool { return strings.HasPrefix(k.Name, name+".") })
}

func (r *reader) section(name, place string, v any) {
	tree, ok := v.(map[string]any)
	if !ok {
		r.wrong(place, "found "+found(v)+", want a table")
		return
	}
	// Places are by what is written, names by what is meant: a table in upper
	// case has its lines under that name.
	if name != place {
		for written, line := range r.lines.lines {
			if rest, ok := strings.CutPrefix(written, place+"."); ok {
				r.lines.lines[name+"."+rest] = line
			}
		}
	}
	r.read(name+".", tree)
}

func (r *reader) readRules(place string, v any) {
	list, ok := v.([]any)
	if !ok {
		r.wrong(place, "found "+found(v)+", want "+string(Rules))
		return
	}
	for i, element := range list {
		at := place + "." + strconv.Itoa(i)
		tree, ok := element.(map[string]any)
		if !ok {
			r.wrong(at, "found "+found(element)+", want a table")
			continue
		}
		rule := r.table(ruleKeys(), at, tree)
		if _, said := tree["cmd"].(string); rule.text("cmd") == "" && (said || tree["cmd"] == nil) {
			r.wrong(at, "cmd is not set")
		}
		rule[""] = value{origin: r.origin(at)}
		r.file.rules = append(r.file.rules, rule)
	}
}

func (r *reader) readPlatform(place, system string, v any) {
	tree, ok := v.(map[string]any)
	if !ok {
		r.wrong(place, "found "+found(v)+", want a table")
		return
	}
	r.file.platforms[system] = r.table(platformKeys(), place, tree)
}

// table reads one that has no table below it.
func (r *reader) table(keys []Key, place string, tree map[string]any) table {
	t := table{}
	for _, written := range slices.Sorted(maps.Keys(tree)) {
		lower, one := spelled(written)
		i := slices.IndexFunc(keys, func(k Key) bool { return k.Name == lower })
		if !one || i < 0 {
			r.stranger(place + "." + written)
			continue
		}
		r.set(t, keys[i], lower, place+"."+written, tree[written])
	}
	return t
}

func (r *reader) set(t table, k Key, name, place string, v any) {
	decoded, ok := k.decode(v)
	if !ok {
		r.wrong(place, "found "+found(v)+", want "+string(k.Type))
		return
	}
	t[name] = value{decoded, r.origin(place)}
}

func (r *reader) origin(place string) string { return at(r.file.Name, r.lines.line(place)) }

func (r *reader) stranger(place string) {
	r.file.unknown = append(r.file.unknown, unknown{place, r.origin(place)})
}

func (r *reader) wrong(place, problem string) {
	line := r.lines.line(place)
	r.problems.add(&Error{Where: at(r.file.Name, line), Key: place, Problem: problem, line: line})
}

// decode makes a value of the key's type of what the TOML parser found.
func (k Key) decode(v any) (any, bool) {
	switch k.Type {
	case Text:
		s, ok := v.(string)
		return s, ok && !strings.Contains(s, "\x00")
	case Bool:
		b, ok := v.(bool)
		return b, ok
	case Number:
		n, ok := v.(int64)
		return n, ok
	case Grace:
		return grace(v)
	case Words:
		if s, ok := v.(string); ok && strings.TrimSpace(s) == "" {
			return []string{}, true
		} else if ok {
			return []string{s}, !strings.Contains(s, "\x00")
		}
	}
	return listOf(v)
}

func listOf(v any) ([]string, bool) {
	list, ok := v.([]any)
	out := make([]string, len(list))
	for i, element := range list {
		s, isText := element.(string)
		ok = ok && isText && !strings.Contains(s, "\x00")
		out[i] = s
	}
	return out, ok
}

// grace knows the units of kill_delay: numbers below a million are milliseconds, from
// there on nanoseconds, and so is a duration of less than a millisecond taken for
// milliseconds.
func grace(v any) (time.Duration, bool) {
	var d time.Duration
	switch v := v.(type) {
	case int64:
		d = time.Duration(v)
	case string:
		parsed, err := time.ParseDuration(v)
		if err != nil {
			return 0, false
		}
		d = parsed
	default:
		return 0, false
	}
	if d > 0 && d < time.Millisecond {
		d *= time.Duration(time.Millisecond)
	}
	return max(d, 0), true
}

// found names a value as messages do.
func found(v any) string {
	switch v := v.(type) {
	case string:
		if len(v) > 60 {
			v = strings.ToValidUTF8(v[:60], "") + "…"
		}
		return strconv.Quote(v)
	case bool, int64, float64:
		return fmt.Sprint(v)
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	}
	return "a date"
}
