package air

import (
	"fmt"
	"path"
	"slices"
)

// rules translates [[build.rules]]. A file of a rule asks for no build: the service
// does not watch it.
func (t *translation) rules() {
	taken := map[string]bool{}
	for i, rule := range t.file.rules {
		name := rule.text("name")
		if name == "" {
			name = fmt.Sprintf("rule-%d", i)
		}
		base := serviceName(name)
		base = base[:min(len(base), 56)] // room for a number
		name = base
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s-%d", base, n)
		}
		taken[name] = true
		t.rule("rules."+name+".", rule)
	}
}

func (t *translation) rule(key string, rule table) {
	origin := rule[""].origin
	cmd := rule.text("cmd")
	t.put(key+"command", rule["cmd"].origin, cmd)
	t.put(key+"paths", origin, t.rulePaths(rule))
	if include := t.ruleIncludes(rule); len(include) > 0 {
		t.put(key+"include", origin, include)
	}
	// Excluded directories are excluded from rules, too, other than files.
	dirs, _ := t.excludedDirs()
	t.put(key+"exclude", origin, unique(slices.Concat(dirs, t.expressions(rule.list("exclude_regex"), "build.rules", origin))))
	if watcher(parseLine(cmd)) {
		t.put(key+"persistent", rule["cmd"].origin, true)
		t.warn(rule["cmd"].origin, "build.rules: this watches by itself: it is started once, and ended with the supervisor (persistent = true)")
	}
}

func (t *translation) rulePaths(rule table) []string {
	var paths []string
	for _, d := range rule.list("include_dir") {
		paths = append(paths, t.inRoot(d))
	}
	if len(paths) == 0 {
		paths = []string{t.root}
	}
	return paths
}

func (t *translation) ruleIncludes(rule table) []string {
	var patterns []string
	for _, e := range t.extensions(rule.list("include_ext"), "build.rules") {
		if e == literal("*") {
			return nil
		}
		patterns = append(patterns, "*."+e)
	}
	for _, f := range rule.list("include_file") {
		patterns = append(patterns, t.anchored(literal(path.Clean(t.native(f)))))
	}
	return unique(patterns)
}

// ofRules are patterns for the files that belong to rules.
func (t *translation) ofRules() []string {
	var patterns []string
	for _, rule := range t.file.rules {
		include := t.ruleIncludes(rule)
		if len(include) == 0 {
			include = []string{"*"}
		}
		for _, dir := range t.rulePaths(rule) {
			for _, p := range include {
				patterns = append(patterns, below(dir, p))
			}
		}
	}
	return unique(patterns)
}

// below is a pattern that counts in one directory and beneath it.
func below(dir, pattern string) string {
	switch {
	case pattern[0] == '/', dir == "." && pattern != "*":
		return pattern
	case dir == ".":
		return "**"
	}
	return "/" + literal(dir) + "/**/" + pattern
}
