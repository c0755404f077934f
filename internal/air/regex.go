package air

import (
	"regexp/syntax"
	"strings"
)

// globsOf says a regular expression for paths in patterns on paths below the root,
// or fails. The expression may match anywhere in a path. As people mean it, a single
// dot is a dot, and what ends in an extension is the end of the path. "^" is the
// root: air compares absolute paths, where it can mean nothing else. A pattern holds
// for a directory and all in it as well.
func globsOf(expression string) (globs []string, ok bool) {
	re, err := syntax.Parse(expression, syntax.Perl)
	if err != nil || re.Flags&syntax.FoldCase != 0 {
		return nil, false
	}
	ways, ok := waysOf(re)
	if !ok {
		return nil, false
	}
	for _, w := range ways {
		globs = append(globs, glob(w))
	}
	return unique(globs), true
}

// The marks of a way beside its text.
const (
	begin   = '\x01' // the root
	end     = '\x02'
	some    = '\x03' // any characters, slashes too
	segment = '\x04' // the root or a slash
)

// most is how many patterns one expression may become.
const most = 32

// waysOf lists the texts that an expression matches, with marks.
func waysOf(re *syntax.Regexp) ([]string, bool) {
	switch re.Op {
	case syntax.OpEmptyMatch:
		return []string{""}, true
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase != 0 {
			return nil, false
		}
		return []string{string(re.Rune)}, true
	case syntax.OpAnyCharNotNL, syntax.OpAnyChar:
		return []string{"."}, true
	case syntax.OpBeginText, syntax.OpBeginLine:
		return []string{string(begin)}, true
	case syntax.OpEndText, syntax.OpEndLine:
		return []string{string(end)}, true
	case syntax.OpCapture:
		return waysOf(re.Sub[0])
	case syntax.OpStar, syntax.OpPlus:
		if re.Sub[0].Op == syntax.OpAnyCharNotNL || re.Sub[0].Op == syntax.OpAnyChar {
			return []string{string(some)}, true
		}
	case syntax.OpQuest:
		ways, ok := waysOf(re.Sub[0])
		return append(ways, ""), ok
	case syntax.OpCharClass:
		return classWays(re)
	case syntax.OpAlternate:
		return alternatives(re)
	case syntax.OpConcat:
		return sequence(re)
	}
	return nil, false
}

// classWays lists the characters of a small class. The parser makes one of a|b.
func classWays(re *syntax.Regexp) (ways []string, ok bool) {
	for i := 0; i+1 < len(re.Rune); i += 2 {
		for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
			if ways = append(ways, string(r)); len(ways) > 8 {
				return nil, false
			}
		}
	}
	return ways, len(ways) > 0
}

func alternatives(re *syntax.Regexp) (ways []string, ok bool) {
	for _, sub := range re.Sub {
		more, ok := waysOf(sub)
		if ways = append(ways, more...); !ok || len(ways) > most {
			return nil, false
		}
	}
	if len(ways) == 2 && ways[0] == string(begin) && ways[1] == "/" {
		return []string{string(segment)}, true
	}
	return ways, true
}

func sequence(re *syntax.Regexp) ([]string, bool) {
	ways := []string{""}
	for _, sub := range re.Sub {
		more, ok := waysOf(sub)
		if !ok || len(ways)*len(more) > most {
			return nil, false
		}
		var longer []string
		for _, w := range ways {
			for _, m := range more {
				longer = append(longer, w+m)
			}
		}
		ways = longer
	}
	return ways, true
}

// glob is one way as a pattern: without a slash it is one for base names, which
// holds at any depth and for directories with all that is in them.
func glob(way string) string {
	way = strings.Trim(way, string(some))
	way, rooted := strings.CutPrefix(way, string(begin))
	if !rooted {
		way = strings.Replace(way, string(segment), "/", 1)
	}
	way, ended := strings.CutSuffix(way, string(end))
	inner := strings.Map(func(r rune) rune {
		if r == begin || r == end || r == segment {
			return -1
		}
		return r
	}, way)
	ended = ended || extension(inner)
	head, tail := strings.HasPrefix(inner, "/"), strings.HasSuffix(inner, "/")
	if inner = strings.Trim(inner, "/"); inner == "" && rooted && ended {
		return "" // the root, which is no file
	} else if inner == "" {
		return "**"
	}
	pattern := strings.NewReplacer("/"+string(some)+"/", "/**/", "/"+string(some), "/**/*", string(some)+"/", "*/**/", string(some), "*").Replace(literal(inner))
	if !rooted && !head {
		pattern = "*" + strings.TrimLeft(pattern, "*")
	}
	if !ended && !tail {
		pattern = strings.TrimRight(pattern, "*") + "*"
	}
	switch {
	case tail && !strings.Contains(pattern, "/") && !rooted:
		return pattern + "/"
	case tail:
		pattern += "/**"
	}
	switch {
	case rooted:
		return "/" + pattern
	case strings.Contains(pattern, "/"):
		return "**/" + pattern
	}
	return pattern
}

// extension tells whether a text ends in a dot and a few letters.
func extension(s string) bool {
	cut := strings.LastIndexByte(s, '.')
	if cut < 0 || cut == len(s)-1 || len(s)-cut > 6 {
		return false
	}
	return strings.IndexFunc(s[cut+1:], func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) < 0
}

// literal escapes what a pattern would take for more than itself.
func literal(s string) string {
	return strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]", "{", "[{]", "}", "[}]", `\`, `[\\]`).Replace(s)
}

// braceless makes a pattern of path.Match, which knows no {a,b}, one that does.
func braceless(s string) string { return strings.NewReplacer("{", "[{]", "}", "[}]").Replace(s) }
