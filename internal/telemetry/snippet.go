package telemetry

import (
	"bufio"
	"cmp"
	"io"
	"os"
	"strings"
	"unicode"
)

const (
	tab      = "    "
	maxCells = 120     // of a source line that is shown
	maxRead  = 4 << 20 // bytes of a source file: nobody's errors are further down
)

// snippet is the line of source that p is about, and a caret for below it.
func snippet(p Problem) (source, caret string, ok bool) {
	line, ok := sourceLine(cmp.Or(p.Path, p.File), p.Line)
	if !ok || strings.TrimSpace(line) == "" {
		return "", "", false
	}
	at := p.Column - 1
	if at < 0 || at > len(line) {
		return cut(printable(line)), "", true
	}
	before := printable(line[:at])
	shift := ""
	if n := len([]rune(before)); n > maxCells*2/3 {
		// The place would be far to the right: show the line from a bit before it.
		before = string([]rune(before)[n-maxCells/3:])
		shift = "…"
	}
	return shift + cut(before+printable(line[at:])), blanks(shift+before) + "^", true
}

func sourceLine(path string, number int) (string, bool) {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return "", false
	}
	f, err := os.Open(path)
	if err != nil {
		return "", false
	}
	defer f.Close()
	s := bufio.NewScanner(io.LimitReader(f, maxRead))
	for n := 1; s.Scan(); n++ {
		if n == number {
			return s.Text(), true
		}
	}
	return "", false
}

// printable makes each tab the same number of blanks and leaves out what would not
// be shown.
func printable(s string) string {
	s = strings.ReplaceAll(s, "\t", tab)
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
}

func cut(s string) string {
	if r := []rune(s); len(r) > maxCells {
		return string(r[:maxCells-1]) + "…"
	}
	return s
}

// blanks is as wide as s.
func blanks(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana), r >= 0x3000 && r <= 0x303f, r >= 0xff01 && r <= 0xff60:
			b.WriteString("  ")
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}
