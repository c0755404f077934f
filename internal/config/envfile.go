package config

import (
	"strings"
)

// variable is a line of an env file.
type variable struct {
	name, value string
	line        int
}

// parseEnv reads lines of NAME=value: blank lines and those from # are
// skipped, "export " before a name, too. A value in single quotes is as it is;
// in double quotes \n, \t, \r, \", \\ and \$ are escapes; without quotes it
// ends before " #". Nothing is expanded.
func parseEnv(data string) ([]variable, *syntaxFault) {
	var all []variable
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(data, "\ufeff")) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		v, f := parseEnvLine(line)
		if f != nil {
			return nil, &syntaxFault{position{line: number}, *f}
		}
		v.line = number
		all = append(all, v)
	}
	return all, nil
}

func parseEnvLine(line string) (variable, *fault) {
	name, value, ok := strings.Cut(line, "=")
	name = strings.TrimSpace(strings.TrimPrefix(name, "export "))
	if !ok || name == "" || strings.ContainsAny(name, " \t\"'\x00") {
		f := wrong("found %s, want NAME=value", found(line))
		return variable{}, &f
	}
	value, f := parseEnvValue(strings.TrimSpace(value))
	if f == nil {
		f = badText(value)
	}
	return variable{name: name, value: value}, f
}

func parseEnvValue(s string) (string, *fault) {
	if s == "" || s[0] != '"' && s[0] != '\'' {
		return uncommented(s), nil
	}
	value, rest, closed := cutQuoted(s)
	rest = strings.TrimSpace(rest)
	switch {
	case !closed:
		f := wrong("a value that begins with %c does not end with it", s[0])
		return "", &f
	case rest != "" && rest[0] != '#':
		f := wrong("found %s after the closing quote", found(rest))
		return "", &f
	default:
		return value, nil
	}
}

// uncommented drops a comment: a # after a space.
func uncommented(s string) string {
	for i := range len(s) {
		if s[i] == '#' && (i == 0 || s[i-1] == ' ' || s[i-1] == '\t') {
			return strings.TrimSpace(s[:i])
		}
	}
	return s
}

// cutQuoted splits after the quote that closes the one s begins with.
func cutQuoted(s string) (value, rest string, closed bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == s[0]:
			return b.String(), s[i+1:], true
		case s[i] == '\\' && s[0] == '"' && i+1 < len(s):
			i++
			b.WriteString(unescape(s[i]))
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", false
}

// unescape keeps the backslash before what it has no meaning for.
func unescape(c byte) string {
	switch c {
	case 'n':
		return "\n"
	case 't':
		return "\t"
	case 'r':
		return "\r"
	case '"', '\\', '$':
		return string(c)
	default:
		return string([]byte{'\\', c})
	}
}
