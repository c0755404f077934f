package terminal

import (
	"strings"
	"unicode"
)

// cells is how many columns of a screen r takes.
func cells(r rune) int {
	switch {
	case unicode.IsControl(r), unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana):
		return 2
	case r >= 0x3000 && r <= 0x303e, r >= 0xff01 && r <= 0xff60, r >= 0x1f300 && r <= 0x1faff:
		return 2
	}
	return 1
}

// fit shortens a line that has no escape sequences but colours to at most width
// columns, and returns how many it takes.
func fit(line string, width int) (fitted string, took int) {
	if took = columns(line); took <= width {
		return line, took
	}
	var b strings.Builder
	took = 0
	for text, colour := range pieces(line) {
		if colour {
			b.WriteString(text)
			continue
		}
		for _, r := range text {
			if took+cells(r) > width-1 {
				b.WriteString("…" + plain)
				return b.String(), took + 1
			}
			b.WriteRune(r)
			took += cells(r)
		}
	}
	return b.String(), took
}

func columns(line string) (n int) {
	for text, colour := range pieces(line) {
		if !colour {
			for _, r := range text {
				n += cells(r)
			}
		}
	}
	return n
}
