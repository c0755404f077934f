package air

import (
	"path"
	"path/filepath"
	"regexp/syntax"
	"strings"
)

// excludedDirs returns patterns, and the same directories as paths below Dir.
func (t *translation) excludedDirs() (patterns, dirs []string) {
	patterns = []string{".*/"} // air enters no hidden directory
	for _, d := range append([]string{t.text("tmp_dir"), t.text("testdata_dir")}, t.list("build.exclude_dir")...) {
		pattern, dir := t.excludedDir(d)
		if pattern != "" {
			patterns = append(patterns, pattern)
		}
		if dir != "" {
			dirs = append(dirs, dir)
		}
	}
	return unique(patterns), dirs
}

func (t *translation) excludedDir(written string) (pattern, dir string) {
	d := strings.TrimSuffix(t.native(strings.TrimSpace(written)), "/")
	origin := t.origin("build.exclude_dir")
	clean := path.Clean(d)
	switch {
	case d == "" || clean == ".":
		return "", ""
	case strings.HasPrefix(clean, ".") && !strings.HasPrefix(clean, ".."):
		return "", path.Join(t.root, clean) // hidden
	case path.IsAbs(d) || filepath.IsAbs(d):
		rel, err := filepath.Rel(t.absolute(t.root), filepath.FromSlash(d))
		if clean = filepath.ToSlash(rel); err != nil || clean == "." || clean == ".." || strings.HasPrefix(clean, "../") {
			return "", "" // nothing of it is watched
		}
	case clean == ".." || strings.HasPrefix(clean, "../"):
		return "", ""
	case isPattern(clean):
		t.warn(origin, "build.exclude_dir: air takes no patterns and watches %q; here it is one", written)
		return t.anchored(braceless(clean)) + "/", ""
	case clean != d:
		t.warn(origin, "build.exclude_dir: air does not know %q for %s and watches it; here it is left out", written, clean)
	}
	return t.anchored(literal(clean)) + "/", path.Join(t.root, clean)
}

func isPattern(s string) bool {
	_, err := path.Match(s, "")
	return err == nil && strings.ContainsAny(s, "*?")
}

// excludedFiles are globs of filepath.Match: without ** and {a,b}.
func (t *translation) excludedFiles() []string {
	var patterns []string
	for _, f := range t.list("build.exclude_file") {
		f = strings.TrimSpace(f)
		if _, err := path.Match(f, ""); err != nil || f == "" {
			t.warn(t.origin("build.exclude_file"), "build.exclude_file: %q is no pattern: left out", f)
			continue
		}
		clean := path.Clean(f)
		if clean != f {
			t.warn(t.origin("build.exclude_file"), "build.exclude_file: air does not know %q for %s and watches it; here it is left out", f, clean)
		}
		patterns = append(patterns, t.anchored(braceless(clean)))
	}
	return patterns
}

// excludedExpressions are patterns for regular expressions, as far as there are any.
func (t *translation) excludedExpressions() []string {
	return t.expressions(t.list("build.exclude_regex"), "build.exclude_regex", t.origin("build.exclude_regex"))
}

func (t *translation) expressions(list []string, key, origin string) []string {
	var patterns []string
	for _, e := range list {
		if _, err := syntax.Parse(e, syntax.Perl); err != nil {
			if origin == "" {
				origin = t.file.Name
			}
			t.problems.add(&Error{Where: origin, Key: key, Problem: strings.TrimPrefix(err.Error(), "error parsing regexp: "), cause: err})
			continue
		}
		globs, ok := globsOf(e)
		if !ok {
			t.warn(origin, "%s: %q cannot be said as a pattern and is left out: add what it means to watch.exclude, such as \"**/generated/**\" or \"*.gen.go\"", key, e)
			continue
		}
		for _, g := range globs {
			if strings.HasPrefix(g, "/") {
				g = t.anchored(g[1:])
			}
			patterns = append(patterns, g)
		}
	}
	return patterns
}

// own is the program that the build makes, which no extension tells from the rest.
func (t *translation) own() string {
	build, _ := t.serviceTable()["build"].(map[string]any)
	if output, _ := build["output"].(string); output != "" {
		return "/" + literal(output)
	}
	return "/" + literal(t.relative(t.text("build.bin")))
}
