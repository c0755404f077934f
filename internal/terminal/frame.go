package terminal

import (
	"fmt"
	"slices"
)

// picture is what changes at the bottom of a screen: the cursor stands on the row
// below it, at the left.
//
//	… lines that scroll …
//	web #7 building 1.2s …
//	api #3 draining 12s …
//	█
type picture struct {
	lines []string
	width []int // the columns that each line takes
}

// rows is how many rows of the screen it takes, now that these are columns wide:
// most terminals fold lines anew when they are resized.
func (p picture) rows(columns int) (n int) {
	for _, w := range p.width {
		n += max(1, (w+columns-1)/columns)
	}
	return n
}

// draw makes a picture of lines that fits a screen. The last column stays free,
// since terminals differ in what they do when it is taken; the last row is for the
// cursor, and one above for what scrolls. What is too small for that has none.
func draw(lines []string, columns, rows int) (p picture) {
	if columns < 4 || rows < 3 {
		return p
	}
	if room := rows - 2; len(lines) > room {
		more := fmt.Sprintf("… and %d more", len(lines)-room+1)
		lines = append(slices.Clip(lines[:room-1]), more)
	}
	for _, line := range lines {
		line, width := fit(line, columns-1)
		p.lines, p.width = append(p.lines, line), append(p.width, width)
	}
	return p
}

// frame is what to write to let scrolled lines appear above, and next in place of
// the picture that stands; nil if that changes nothing.
func (p picture) frame(scrolled []byte, next picture, columns int) []byte {
	if len(scrolled) == 0 && slices.Equal(p.lines, next.lines) {
		return nil
	}
	var b []byte
	if up := p.rows(columns); up > 0 {
		b = fmt.Appendf(b, "\r\x1b[%dA", up)
		if len(scrolled) > 0 {
			b = append(b, "\x1b[J"...)
		}
	}
	b = append(b, scrolled...)
	for _, line := range next.lines {
		b = append(b, line...)
		b = append(b, "\x1b[K\n"...)
	}
	if len(p.lines) > 0 {
		b = append(b, "\x1b[J"...)
	}
	return b
}
