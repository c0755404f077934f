package watch

import (
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// ignoreFile is the name of git's ignore files. See gitignore(5); POSIX classes such as [[:alpha:]] are not understood,
// and neither .git/info/exclude nor core.excludesFile is read.
const ignoreFile = ".gitignore"

// rule is one line of an ignore file. It judges a path and not what is below: git, too, looks at each directory on the way
// down and does not enter an ignored one, so that "*", "!*/", "!*.go" means every Go file anywhere.
type rule struct {
	glob
	negate bool
}

// ignore holds the rules of one repository, by directory.
type ignore struct {
	top   string
	rules map[string][]rule
}

func newIgnore(top string) *ignore { return &ignore{top: top, rules: map[string][]rule{}} }

func (g *ignore) within(path string) bool { return below(path, g.top) }

// load reads the ignore file of one directory, once.
func (g *ignore) load(dir string) {
	if _, ok := g.rules[dir]; ok || !g.within(dir) {
		return
	}
	text, _ := readFile(filepath.Join(dir, ignoreFile)) // none, or one that git could not read either
	g.rules[dir] = parseIgnore(string(text))
}

// match reports whether a path is ignored by itself, not for the sake of a directory that it is in.
func (g *ignore) match(path string, dir bool) bool {
	if !g.within(path) || path == g.top {
		return false
	}
	for d := filepath.Dir(path); g.within(d); d = filepath.Dir(d) {
		rules := g.rules[d]
		if len(rules) == 0 {
			continue
		}
		rel := under(path, d)
		for i := len(rules) - 1; i >= 0; i-- {
			if rules[i].match(rel, dir) {
				return !rules[i].negate
			}
		}
	}
	return false
}

func parseIgnore(text string) []rule {
	var rules []rule
	for line := range strings.SplitSeq(strings.TrimPrefix(text, "\ufeff"), "\n") {
		if r, ok := parseRule(strings.TrimSuffix(line, "\r")); ok {
			rules = append(rules, r)
		}
	}
	return rules
}

func parseRule(line string) (r rule, ok bool) {
	if strings.HasPrefix(line, "#") {
		return r, false
	}
	line = trimSpaces(line)
	line, r.negate = strings.CutPrefix(line, "!")
	line, r.dirOnly = strings.CutSuffix(line, "/")
	r.base = !strings.Contains(line, "/")
	line = strings.TrimPrefix(line, "/")
	if strings.HasSuffix(line, "/**") {
		line += "/*" // all that is in the directory, but not the directory
	}
	r.pattern = fold(escapeBraces(line))
	return r, line != "" && doublestar.ValidatePattern(r.pattern)
}

// trimSpaces cuts spaces at the end, but for one behind a backslash.
func trimSpaces(line string) string {
	end := 0
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\' && i+1 < len(line):
			i++
			end = i + 1
		case line[i] != ' ':
			end = i + 1
		}
	}
	return line[:end]
}

// escapeBraces makes {a,b} literal, which it is to git and not to doublestar.
func escapeBraces(s string) string {
	if !strings.ContainsAny(s, "{}") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{', '}':
			b.WriteByte('\\')
		case '\\':
			if i+1 < len(s) {
				b.WriteByte(s[i])
				i++
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
