package rebuild

import (
	"errors"
	"strconv"
	"strings"
)

// command is a command line as the go command shows it.
type command struct {
	Env  []string `json:",omitempty"` // NAME=value, in front of the command
	Args []string
}

// flag is the value that follows the flag name, "" without.
func (c command) flag(name string) string {
	for i, arg := range c.Args {
		if arg == name && i+1 < len(c.Args) {
			return c.Args[i+1]
		}
	}
	return ""
}

// parseCommand undoes joinUnambiguously of cmd/go: words with a space between,
// some in Go's quotes. Variables in front are in single quotes, or in Go's.
func parseCommand(line string) (command, error) {
	var c command
	for line != "" {
		word, rest, err := nextWord(line)
		if err != nil {
			return command{}, err
		}
		name, value, isVariable := strings.Cut(word, "=")
		if isVariable && len(c.Args) == 0 && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == "" {
			c.Env = append(c.Env, name+"="+value)
		} else {
			c.Args = append(c.Args, word)
		}
		line = rest
	}
	if len(c.Args) == 0 {
		return command{}, errors.New("no command")
	}
	return c, nil
}

// nextWord cuts off the first word and its quotes, which begin a word or the
// value of a variable.
func nextWord(line string) (word, rest string, err error) {
	open := strings.IndexAny(line, ` "'`)
	switch {
	case open < 0:
		return line, "", nil
	case line[open] == ' ':
		return line[:open], line[open+1:], nil
	case open > 0 && line[open-1] != '=':
		return "", "", errors.New("a quote inside a word")
	}
	quoted, text, err := cutQuoted(line[open:])
	if err != nil {
		return "", "", err
	}
	rest, ok := strings.CutPrefix(line[open+len(quoted):], " ")
	if !ok && rest != "" {
		return "", "", errors.New("no space after a quote")
	}
	return line[:open] + text, rest, nil
}

func cutQuoted(s string) (quoted, text string, err error) {
	if s[0] == '\'' {
		end := strings.IndexByte(s[1:], '\'')
		if end < 0 {
			return "", "", errors.New("a quote without end")
		}
		return s[:end+2], s[1 : end+1], nil
	}
	if quoted, err = strconv.QuotedPrefix(s); err != nil {
		return "", "", err
	}
	text, err = strconv.Unquote(quoted)
	return quoted, text, err
}
