package air

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Render writes a supervisor.toml that says what r does, with the warnings as
// comments. It loads to the same config.
func Render(r Result) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# What %s says, in the words of supervisor.\n", comment(r.source))
	if len(r.Warnings) > 0 {
		b.WriteString("#\n")
	}
	for _, w := range r.Warnings {
		b.WriteString("# " + comment(w) + "\n")
	}
	services, _ := r.Tree["services"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(services)) {
		table, _ := services[name].(map[string]any)
		renderTable(&b, "services."+name, table)
	}
	dev, _ := r.Tree["dev"].(map[string]any)
	renderTable(&b, "dev", dev)
	return []byte(b.String())
}

// comment keeps a text on one line.
func comment(s string) string { return strings.Join(strings.Fields(s), " ") }

// renderTable writes the values of a table and then the tables in it.
func renderTable(b *strings.Builder, name string, table map[string]any) {
	var values, tables []string
	for _, key := range inOrder(table) {
		if _, ok := table[key].(map[string]any); ok {
			tables = append(tables, key)
		} else {
			values = append(values, key)
		}
	}
	if len(values) > 0 {
		fmt.Fprintf(b, "\n[%s]\n", name)
	}
	for _, key := range values {
		if why := explanation(name, key); why != "" {
			b.WriteString("# " + why + "\n")
		}
		fmt.Fprintf(b, "%s = %s\n", bareKey(key), tomlValue(table[key]))
	}
	for _, key := range tables {
		below, _ := table[key].(map[string]any)
		renderTable(b, name+"."+bareKey(key), below)
	}
}

// inOrder has the keys as one would write them.
func inOrder(table map[string]any) []string {
	order := []string{
		"package", "command", "args", "env_files", "env", "once", "stdin",
		"build", "output", "flags", "debug", "before",
		"watch", "paths", "include", "exclude", "poll", "persistent",
		"rules", "handoff", "drain",
	}
	rank := func(key string) int {
		if i := slices.Index(order, key); i >= 0 {
			return i
		}
		return len(order)
	}
	keys := slices.Sorted(maps.Keys(table))
	slices.SortStableFunc(keys, func(a, b string) int { return rank(a) - rank(b) })
	return keys
}

// explanation is what a comment says of a key, where its name does not.
func explanation(table, key string) string {
	rule := strings.Contains(table, ".rules.")
	last := table[strings.LastIndexByte(table, '.')+1:]
	switch {
	case last == "build" && key == "command":
		return "A shell line that builds, run in this directory."
	case last == "build" && key == "output":
		return "What it makes. A copy of it is run, so that the next build may write over it."
	case last == "build" && key == "before":
		return "Shell lines that are run before each build; one that fails ends it."
	case last == "build" && key == "debug":
		return "Keep what debuggers need."
	case rule && key == "command":
		return "Run when one of these files changes; the service is not built for them."
	case rule && key == "persistent":
		return "It watches by itself: started once, ended with the supervisor."
	case last == "watch" && key == "exclude":
		return "A name without a slash counts anywhere; /name only here; name/ is a directory. What git ignores is left out as well."
	case key == "package":
		return "The Go package to build and run."
	case key == "once":
		return "It may end by itself: then the next change starts it again."
	case key == "stdin":
		return "It reads the terminal."
	case last == "handoff" && key == "by":
		return "The old version ends before the new one starts."
	case last == "drain" && key == "timeout":
		return "How long an old version may take to end."
	case table == "dev" && key == "browser":
		return "A proxy that reloads pages and shows build errors in them, and where it sends requests."
	}
	return ""
}

func bareKey(key string) string {
	if variable(key) || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz0123456789-_") == "" && key != "" {
		return key
	}
	return tomlText(key)
}

func tomlValue(v any) string {
	switch v := v.(type) {
	case string:
		return tomlText(escaped(v))
	case []any:
		return tomlList(v)
	}
	return fmt.Sprint(v)
}

func tomlList(list []any) string {
	const width = 100
	items := make([]string, len(list))
	for i, v := range list {
		items[i] = tomlValue(v)
	}
	if line := strings.Join(items, ", "); len(line) <= width {
		return "[" + line + "]"
	}
	return "[\n  " + strings.Join(items, ",\n  ") + ",\n]"
}

// escaped keeps the dollars that our config would read: ${ and $$.
func escaped(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if s[i] == '$' && i+1 < len(s) && (s[i+1] == '$' || s[i+1] == '{') {
			b.WriteByte('$')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// tomlText is a basic string of TOML.
func tomlText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
