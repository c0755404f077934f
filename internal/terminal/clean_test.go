package terminal

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for from, want := range map[string]string{
		"plain\n":                   "plain\n",
		"no end":                    "no end\n",
		"a\r\nb\r\n":                "a\nb\n",
		"\x1b[31mred":               "\x1b[31mred\x1b[0m\n",
		"\x1b[38;5;208mred\x1b[m\n": "\x1b[38;5;208mred\x1b[m\x1b[0m\n",
		"up\x1b[3A\x1b[2Kgone\n":    "upgone\n",
		"\x1b[2J\x1b[Hclear\n":      "clear\n",
		"\x1b]0;title\x07text\n":    "text\n",
		"\x1b]8;;http://x/\x1b\\link\x1b]8;;\x1b\\\n": "link\n",
		"\x1b]never ends\nnext\n":                     "\nnext\n",
		"10%\r50%\r100%\n":                            "100%\n",
		"bell\a and\bback\v\n":                        "bell andback\n",
		"tab\there\n":                                 "tab\there\n",
		"\x1bcreset\x1b(B\x1b7\n":                     "reset\n",
		"\x1b[?1049halternate\n":                      "alternate\n",
		"\x1b[>4;2mno colour\n":                       "no colour\n",
		"c1 \u009b2J\n":                               "c1 2J\n",
		"ends in \x1b":                                "ends in \n",
		"ends in \x1b[3":                              "ends in \n",
		"\xff\xfe\n":                                  "\ufffd\ufffd\n",
		"":                                            "",
	} {
		if got := clean(from); got != want {
			t.Errorf("clean(%q) is %q, want %q", from, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("\x1b[31mred\x1b[0m\tx\r\ny\x1b[2J\x1b]0;t\x07")
	f.Add("\x1b\x1b[\x1b]\x1bP\xff\u009b1A\r\n\x1b[3\n1A")
	f.Fuzz(func(t *testing.T, s string) {
		got := clean(s)
		if strings.Count(got, "\n") != strings.Count(strings.TrimSuffix(s, "\n"), "\n")+min(1, len(s)) {
			t.Fatalf("%q has other lines than %q", got, s)
		}
		if !utf8.ValidString(got) {
			t.Fatalf("%q is not UTF-8", got)
		}
		for line := range strings.Lines(got) {
			rest := line
			for colour := strings.IndexByte(rest, escape); colour >= 0; colour = strings.IndexByte(rest, escape) {
				n := sequence(rest[colour:])
				if s := rest[colour : colour+n]; !isColour(s) || s[n-1] != 'm' {
					t.Fatalf("%q keeps %q", line, s)
				}
				rest = rest[:colour] + rest[colour+n:]
			}
			if strings.IndexFunc(strings.TrimSuffix(rest, "\n"), func(r rune) bool { return unicode.IsControl(r) && r != '\t' }) >= 0 {
				t.Fatalf("%q keeps control characters", line)
			}
			if strings.IndexByte(line, escape) >= 0 && !strings.HasSuffix(line, plain+"\n") {
				t.Fatalf("%q leaves its colour", line)
			}
		}
		if fitted, n := fit(strings.TrimSuffix(got, "\n"), 10); n > 10 || columns(fitted) != n {
			t.Fatalf("%q takes %d, said to be %d", fitted, columns(fitted), n)
		}
	})
}
