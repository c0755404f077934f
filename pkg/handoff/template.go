package handoff

import (
	"regexp"
	"strconv"
)

// placeholder is where a descriptor's number goes. All else between braces is left
// as it is: it means something to the program.
var placeholder = regexp.MustCompile(`\{\{\s*fd\s+"([^"]*)"\s*\}\}`)

// Placeholders are the names of the sockets whose numbers a text asks for by
// {{fd "NAME"}}.
func Placeholders(text string) (names []string) {
	for _, found := range placeholder.FindAllStringSubmatch(text, -1) {
		names = append(names, found[1])
	}
	return names
}

// Fill puts the numbers in, by which the process that gets g finds its sockets. A
// name that is none of theirs stays as it is.
func (g Grant) Fill(text string, sockets []Named) string {
	return placeholder.ReplaceAllStringFunc(text, func(asked string) string {
		name := placeholder.FindStringSubmatch(asked)[1]
		for _, n := range sockets {
			if n.Name == name && g.Number(n.FD) != 0 {
				return strconv.Itoa(g.Number(n.FD))
			}
		}
		return asked
	})
}
