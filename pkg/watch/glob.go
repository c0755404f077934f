package watch

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// glob is a pattern on slash-separated paths.
type glob struct {
	pattern string
	base    bool // matches the base name alone
	dirOnly bool
}

func globs(patterns []string) ([]glob, error) {
	list := make([]glob, 0, len(patterns))
	for _, p := range patterns {
		g, err := newGlob(p)
		if err != nil {
			return nil, err
		}
		list = append(list, g)
	}
	return list, nil
}

func newGlob(pattern string) (glob, error) {
	p := strings.TrimPrefix(filepath.ToSlash(pattern), "./")
	g := glob{dirOnly: strings.HasSuffix(p, "/")}
	p = strings.TrimSuffix(p, "/")
	g.base = !strings.Contains(p, "/")
	g.pattern = fold(strings.TrimPrefix(p, "/"))
	if g.pattern == "" || !doublestar.ValidatePattern(g.pattern) {
		return g, fmt.Errorf("cannot use the pattern %q: it is empty, or a bracket or brace is not closed", pattern)
	}
	return g, nil
}

func (g glob) match(rel string, dir bool) bool {
	if g.dirOnly && !dir {
		return false
	}
	if g.base {
		rel = path.Base(rel)
	}
	return doublestar.MatchUnvalidated(g.pattern, fold(rel))
}

func matchAny(list []glob, rel string, dir bool) bool {
	for _, g := range list {
		if g.match(rel, dir) {
			return true
		}
	}
	return false
}

// alwaysExcluded knows the directories of version control and of npm, and the temporary files of vim (4913 and what ends in ~ or .sw?),
// Emacs, Kate, gedit, JetBrains' editors, and Chromium's save.
func alwaysExcluded(base string, dir bool) bool {
	base = fold(base)
	switch base {
	case ".git", ".hg", ".svn", "node_modules":
		return true // .git is a file in a worktree
	case "4913", fold(".DS_Store"):
		return !dir
	}
	if dir {
		return false
	}
	return hasAny(strings.HasSuffix, base, "~", ".swp", ".swo", ".swx", ".kate-swp", ".crswap", "___jb_tmp___", "___jb_old___") ||
		hasAny(strings.HasPrefix, base, ".#", ".goutputstream-") ||
		strings.HasPrefix(base, "#") && strings.HasSuffix(base, "#")
}

func hasAny(has func(s, part string) bool, s string, parts ...string) bool {
	for _, p := range parts {
		if has(s, p) {
			return true
		}
	}
	return false
}
