package telemetry

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const source = "package main\n\nfunc main() {\n\tvar y = x // 变量\n\tz(\"日本\", w)\r\n" + "\tlong(" + longArguments + "v)\n}\n"

const longArguments = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, "

func sourceFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// failed is what is shown of a build that failed.
func failed(o Options, said string, all ...Problem) string {
	var out bytes.Buffer
	o.Out = &out
	New(o).Report(Report{Time: at, Service: "web", Kind: BuildFailed, Generation: 7, Serving: 6, Text: said, Problems: all})
	return out.String()
}

func TestProblemsShowTheirSource(t *testing.T) {
	path := sourceFile(t)
	p := Problem{File: "./main.go", Line: 4, Column: 10, Message: "undefined: x\n\tdid you mean y?", Path: path}
	got := failed(Options{Color: true}, "", p)
	want := "\x1b[1m./main.go:4:10\x1b[0m: \x1b[31mundefined: x\x1b[0m\n\tdid you mean y?\n" +
		"\x1b[2m     4 | \x1b[0m    var y = x // 变量\n" +
		"\x1b[2m       | \x1b[0m\x1b[31m            ^\x1b[0m\n" +
		"\x1b[2m12:01:07\x1b[0m \x1b[35mweb\x1b[0m #7 \x1b[31mbuild failed: 1 error; generation 6 still serves\x1b[0m\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s\n%q", got, want, got)
	}
}

func TestSnippets(t *testing.T) {
	path := sourceFile(t)
	for _, c := range []struct {
		line, column  int
		source, caret string
	}{
		{1, 1, "package main", "^"},
		{1, 0, "package main", ""},
		{1, 13, "package main", "            ^"},
		{1, 14, "package main", ""},                    // not that long
		{5, 14, "    z(\"日本\", w)", "              ^"}, // columns are bytes, and each of these is two wide
		{5, 5, "    z(\"日本\", w)", "       ^"},         // within
		{6, 7 + len(longArguments), "…" + longArguments[len(longArguments)-40:] + "v)", strings.Repeat(" ", 41) + "^"},
		{2, 1, "", ""}, // blank
		{99, 1, "", ""},
	} {
		source, caret, ok := snippet(Problem{File: "nowhere", Path: path, Line: c.line, Column: c.column})
		if source != c.source || caret != c.caret || ok != (source != "") {
			t.Errorf("%d:%d: %v\n%s\n%s\nwant\n%s\n%s", c.line, c.column, ok, source, caret, c.source, c.caret)
		}
	}
	for _, path := range []string{"", "/", "no/such/file", os.DevNull} {
		if _, _, ok := snippet(Problem{File: path, Line: 1, Column: 1}); ok {
			t.Errorf("%q has a source", path)
		}
	}
}

func TestTenProblemsAreEnough(t *testing.T) {
	var all []Problem
	for n := range 15 {
		all = append(all, Problem{File: "gone.go", Line: n + 1, Message: "no"})
	}
	got := failed(Options{}, "", all...)
	want := ""
	for n := range 10 {
		want += fmt.Sprintf("gone.go:%d: no\n", n+1)
	}
	want += "… and 5 more\n12:01:07 web #7 build failed: 15 errors; generation 6 still serves\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// What the compiler said is all there, in its order; the problems are brought out.
func TestTranscript(t *testing.T) {
	path := sourceFile(t)
	one := Problem{File: "./main.go", Line: 1, Column: 9, Message: "first\n\tother.go:2:1: more", Path: path}
	two := Problem{File: "b.go", Line: 5, Message: "second", Path: "none"}
	three := Problem{File: "c.go", Line: 6, Message: "not said here", Path: "none"}
	said := "# example.com/web\r\n./main.go:1:9: first\r\n\tother.go:2:1: more\r\nnote: something\nb.go:5: second\n\ntoo many errors\n"
	got := failed(Options{}, said, one, two, three)
	want := "# example.com/web\n./main.go:1:9: first\n\tother.go:2:1: more\n     1 | package main\n       |         ^\n" +
		"note: something\nb.go:5: second\ntoo many errors\nc.go:6: not said here\n" +
		"12:01:07 web #7 build failed: more than 3 errors; generation 6 still serves\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestProblemsInOtherModes(t *testing.T) {
	p := Problem{File: "main.go", Line: 4, Column: 10, Message: "undefined: x"}
	for _, c := range []struct {
		mode       Mode
		said, want string
	}{
		{Plain, "main.go:4:10: undefined: x\n", "main.go:4:10: undefined: x\n2026-03-04T12:01:07.089Z error web #7 build failed: 1 error; generation 6 still serves: main.go:4:10: undefined: x\n"},
		{Plain, "", "2026-03-04T12:01:07.089Z error web #7 build failed: 1 error; generation 6 still serves: main.go:4:10: undefined: x\n"},
		{Journal, "# x\nmain.go:4:10: undefined: x\n", "<3># x\n<3>main.go:4:10: undefined: x\n<3>web #7 build failed: 1 error; generation 6 still serves: main.go:4:10: undefined: x\n"},
	} {
		if got := failed(Options{Mode: c.mode}, c.said, p); got != c.want {
			t.Errorf("%s: got\n%swant\n%s", c.mode, got, c.want)
		}
	}
}

func FuzzTranscript(f *testing.F) {
	f.Add("# x\na.go:1:2: b\n\tc\nd\n", "a.go", 1, 2, "b\n\tc")
	f.Add("\n\n", "", -1, -1, "\n")
	f.Fuzz(func(t *testing.T, said, file string, line, column int, message string) {
		if strings.ContainsAny(file, "/\\") {
			t.Skip("only files that are not there")
		}
		l := New(Options{})
		p := Problem{File: "nowhere/" + file, Line: line, Column: column, Message: message}
		got := l.transcript(said, []Problem{p, p})
		head, _, _ := strings.Cut(message, "\n")
		if strings.Count(got, p.place()+": "+head) < 2 {
			t.Fatalf("%q is missing in %q", p, got)
		}
		if _, _, ok := snippet(Problem{Path: os.Args[0], Line: line % 100, Column: column}); ok && line%100 < 1 {
			t.Fatal("a line before the first")
		}
	})
}
