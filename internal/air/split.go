package air

import "strings"

// splitAnd takes a line apart at each && that stands at its top, so that each part
// can run in a shell of its own. It fails where the parts would not mean the same:
// with groups, background jobs, several lines, or what changes the shell itself.
func splitAnd(text string) (parts []string, ok bool) {
	start := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\\':
			i++
		case '\'', '"':
			n := quoted(text[i:])
			if n < 0 {
				return nil, false
			}
			i += n
		case '(', ')', '\n', '`', '#':
			return nil, false
		case '&':
			if !strings.HasPrefix(text[i:], "&&") {
				return nil, false
			}
			parts = append(parts, strings.TrimSpace(text[start:i]))
			i++
			start = i + 1
		}
	}
	parts = append(parts, strings.TrimSpace(text[start:]))
	for _, p := range parts {
		l := parseLine(p)
		if len(l.words) == 0 || reserved(l.program()) || stateful(l.program()) && len(parts) > 1 {
			return nil, false
		}
	}
	return parts, true
}

// quoted is where the quote that s begins with ends, or -1.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && s[0] == '"':
			i++
		case s[i] == s[0]:
			return i
		}
	}
	return -1
}

// quote makes one word of s for a POSIX shell.
func quote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:=,@%+", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
