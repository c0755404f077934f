package terminal

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// vt is what a terminal of the usual kind makes of what is written to it: enough of
// it to say what somebody sees.
type vt struct {
	columns, rows int
	lines         []vtLine // the last rows of them are on the screen
	x, y          int      // y counts from the first of lines
	rest          string   // of a sequence or character that has not come whole
	unknown       []string
}

type vtLine struct {
	text   []rune // 0 is the second half of a wide one
	folded bool   // goes on in the next
}

func newVT(columns, rows int) *vt {
	return &vt{columns: columns, rows: rows, lines: make([]vtLine, 1)}
}

func (v *vt) top() int { return max(0, len(v.lines)-v.rows) }

func (v *vt) Write(p []byte) (int, error) {
	s := v.rest + string(p)
	for s != "" {
		n := v.step(s)
		if n == 0 {
			break
		}
		s = s[n:]
	}
	v.rest = s
	return len(p), nil
}

func (v *vt) step(s string) int {
	switch s[0] {
	case '\r':
		v.x = 0
		return 1
	case '\n': // a terminal's driver makes it \r\n
		v.x = 0
		v.down(false)
		return 1
	case escape:
		return v.control(s)
	}
	if !utf8.FullRuneInString(s) {
		return 0
	}
	r, n := utf8.DecodeRuneInString(s)
	v.put(r)
	return n
}

func (v *vt) down(folded bool) {
	v.lines[v.y].folded = folded
	if v.y++; v.y == len(v.lines) {
		v.lines = append(v.lines, vtLine{})
	}
}

func (v *vt) put(r rune) {
	if v.x+cells(r) > v.columns {
		v.x = 0
		v.down(true)
	}
	line := &v.lines[v.y]
	for len(line.text) < v.x+cells(r) {
		line.text = append(line.text, ' ')
	}
	line.text[v.x] = r
	if cells(r) == 2 {
		line.text[v.x+1] = 0
	}
	v.x += cells(r)
}

func (v *vt) control(s string) int {
	end := strings.IndexFunc(s, func(r rune) bool { return r >= '@' && r <= '~' && r != '[' })
	if end < 0 {
		return 0
	}
	number, _ := strconv.Atoi(strings.Trim(s[2:end], "?"))
	switch s[end] {
	case 'm':
	case 'A':
		v.y = max(v.top(), v.y-max(1, number))
	case 'K':
		line := &v.lines[v.y]
		line.text, line.folded = line.text[:min(v.x, len(line.text))], false
	case 'J':
		if number == 2 {
			for i := v.top(); i < len(v.lines); i++ {
				v.lines[i] = vtLine{}
			}
			break
		}
		line := &v.lines[v.y]
		line.text = line.text[:min(v.x, len(line.text))]
		for i := v.y + 1; i < len(v.lines); i++ {
			v.lines[i] = vtLine{}
		}
	case 'H':
		v.x, v.y = 0, v.top()
	default:
		v.unknown = append(v.unknown, s[:end+1])
	}
	return end + 1
}

// resize folds lines anew, as most terminals do. The cursor stays where it is in
// the text.
func (v *vt) resize(columns, rows int) {
	old := v.lines
	cursor, x := v.y, v.x
	v.columns, v.rows, v.lines, v.x, v.y = columns, rows, make([]vtLine, 1), 0, 0
	var at [2]int
	for i, line := range old {
		for j, r := range line.text {
			if i == cursor && j == x {
				at = [2]int{v.x, v.y}
			}
			if r != 0 {
				v.put(r)
			}
		}
		if i == cursor && x >= len(line.text) {
			at = [2]int{v.x, v.y}
		}
		if !line.folded && i < len(old)-1 {
			v.x = 0
			v.down(false)
		}
	}
	v.x, v.y = at[0], at[1]
}

// seen is all that can be seen, by scrolling too, without blank lines at the end.
func (v *vt) seen() []string {
	var all []string
	folded := false
	for _, line := range v.lines {
		text := strings.ReplaceAll(string(line.text), "\x00", "")
		if !line.folded {
			text = strings.TrimRight(text, " ")
		}
		if folded {
			all[len(all)-1] += text
		} else {
			all = append(all, text)
		}
		folded = line.folded
	}
	for len(all) > 0 && all[len(all)-1] == "" {
		all = slices.Delete(all, len(all)-1, len(all))
	}
	return all
}
