package prove

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWrapped(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"one two", "one two"},
		{strings.Repeat("x", 200) + " y", strings.Repeat("x", 200) + "\n  y"},
		{strings.Repeat("é", 94) + " y z", strings.Repeat("é", 94) + " y\n  z"},
	} {
		if got := wrapped(c.text, "  "); got != c.want {
			t.Errorf("%q becomes %q, want %q", c.text, got, c.want)
		}
	}
	for line := range strings.Lines(wrapped(drainHow+" "+drainHow, "    ")) {
		if n := utf8.RuneCountInString(line); n > 102 {
			t.Errorf("%d are too many: %q", n, line)
		}
	}
}
