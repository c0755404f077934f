package terminal

import (
	"iter"
	"strings"
	"unicode"
)

// plain ends all colours.
const plain = "\x1b[0m"

// clean makes lines safe to show among others: of what a terminal would obey, only
// colours and tabs are left, and colours end with their line. A carriage return
// within a line shows what it was overwritten with.
func clean(lines string) string {
	var b strings.Builder
	for line := range strings.Lines(lines) {
		line = strings.TrimRight(line, "\r\n")
		coloured := false
		for text, colour := range pieces(line[strings.LastIndexByte(line, '\r')+1:]) {
			coloured = coloured || colour
			if colour {
				b.WriteString(text)
				continue
			}
			b.WriteString(strings.Map(shown, text))
		}
		if coloured {
			b.WriteString(plain)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func shown(r rune) rune {
	if unicode.IsControl(r) && r != '\t' {
		return -1
	}
	return r
}

// pieces cuts a line into text and escape sequences. Of these it yields those that
// set colours (ECMA-48, SGR) and leaves out all others.
func pieces(line string) iter.Seq2[string, bool] {
	return func(yield func(text string, colour bool) bool) {
		for line != "" {
			at := strings.IndexByte(line, escape)
			if at < 0 {
				at = len(line)
			}
			if at > 0 && !yield(line[:at], false) {
				return
			}
			if line = line[at:]; line == "" {
				return
			}
			n := sequence(line)
			if line[n-1] == 'm' && isColour(line[:n]) && !yield(line[:n], true) {
				return
			}
			line = line[n:]
		}
	}
}

func isColour(s string) bool {
	return len(s) > 2 && s[1] == '[' && strings.Trim(s[2:len(s)-1], "0123456789;:") == ""
}

const escape = 0x1b

// sequence is the length of the escape sequence that s begins with (ECMA-48, 5.3
// to 5.6). One that does not end takes the rest.
func sequence(s string) int {
	if len(s) < 2 {
		return len(s)
	}
	switch s[1] {
	case '[': // parameters and intermediates up to a final byte
		for i := 2; i < len(s); i++ {
			if s[i] >= 0x40 && s[i] <= 0x7e {
				return i + 1
			}
			if s[i] < 0x20 || s[i] >= 0x7f {
				return i // not one after all
			}
		}
		return len(s)
	case ']', 'P', 'X', '^', '_': // a string up to BEL or ESC \
		for i := 2; i < len(s); i++ {
			if s[i] == 0x07 {
				return i + 1
			}
			if s[i] == escape {
				if i+1 < len(s) && s[i+1] == '\\' {
					return i + 2
				}
				return i
			}
		}
		return len(s)
	}
	for i := 1; i < len(s); i++ { // intermediates, then one final byte
		if s[i] < 0x20 || s[i] > 0x2f {
			if s[i] < 0x30 || s[i] > 0x7e {
				return i
			}
			return i + 1
		}
	}
	return len(s)
}
