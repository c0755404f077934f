package terminal

import "unicode/utf8"

// Key is a character that was typed.
type Key rune

// The keys that mean something.
const (
	Rebuild Key = 'r'
	Clear   Key = 'c'
	Logs    Key = 'l' // of the next service
	Quit    Key = 'q'
	Help    Key = '?'
)

// HelpText says what the keys do.
const HelpText = "keys: r rebuild, c clear the screen, l output of the next service, q quit, ? help"

// decoder finds the keys in what a terminal sends. Arrows, function keys and the
// like, which come as escape sequences, are none.
type decoder struct {
	rest string // of a character or sequence that was cut off
}

// longest is how long an escape sequence of a key can be; what is longer is none.
const longest = 32

func (d *decoder) decode(p []byte) (keys []Key) {
	s := d.rest + string(p)
	for s != "" {
		n := 0
		switch {
		case s[0] == escape:
			if n = keySequence(s); n == len(s) && unfinished(s) {
				d.rest = s
				return keys
			}
		case !utf8.FullRuneInString(s):
			d.rest = s
			return keys
		default:
			var r rune
			if r, n = utf8.DecodeRuneInString(s); shown(r) == r && r != '\t' && r != utf8.RuneError {
				keys = append(keys, Key(r))
			}
		}
		s = s[n:]
	}
	d.rest = ""
	return keys
}

// keySequence knows of one kind more than those that are printed: ESC O and a
// character (SS3).
func keySequence(s string) int {
	if len(s) > 2 && s[1] == 'O' {
		return 3
	}
	return sequence(s)
}

// unfinished: Escape alone is a key of its own, which nothing need follow.
func unfinished(s string) bool {
	if len(s) < 2 || len(s) > longest {
		return false
	}
	last := s[len(s)-1]
	return s[1] == '[' && (len(s) == 2 || last < 0x40 || last > 0x7e)
}
