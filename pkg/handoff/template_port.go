package handoff

import (
	"regexp"
	"strconv"
	"strings"
)

// portPlaceholder is where the number of a port goes that a service is to listen at,
// in place of a socket. Without a name it is that for the first one.
var portPlaceholder = regexp.MustCompile(`\{\{\s*port(?:\s+"([^"]*)")?\s*\}\}`)

// PortPlaceholders are the names of the sockets whose ports a text asks for by
// {{port "NAME"}}; "" stands for {{port}}.
func PortPlaceholders(text string) (names []string) {
	for _, found := range portPlaceholder.FindAllStringSubmatch(text, -1) {
		names = append(names, found[1])
	}
	return names
}

// FillPorts puts the numbers in. A name for which there is none, 0, stays as it is.
func FillPorts(text string, number func(name string) int) string {
	return portPlaceholder.ReplaceAllStringFunc(text, func(asked string) string {
		if n := number(portPlaceholder.FindStringSubmatch(asked)[1]); n != 0 {
			return strconv.Itoa(n)
		}
		return asked
	})
}

// PortVariable is the variable that tells a service its port in place of a socket:
// PORT for the first one, PORT_NAME for others, with _ for what no variable can have.
func PortVariable(name string, first bool) string {
	if first {
		return "PORT"
	}
	return "PORT_" + strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z':
			return c - 'a' + 'A'
		case c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
			return c
		}
		return '_'
	}, name)
}
