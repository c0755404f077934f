package rebuild

import (
	"slices"
	"strings"
	"testing"
)

func TestParseDiagnostics(t *testing.T) {
	tests := []struct {
		line string
		want Diagnostic
	}{
		{"./main.go:12:3: undefined: x", Diagnostic{"./main.go", 12, 3, "undefined: x"}},
		{"go.mod:3: unknown directive: foo", Diagnostic{"go.mod", 3, 0, "unknown directive: foo"}},
		{`C:\web\main.go:1:2: expected 'package'`, Diagnostic{`C:\web\main.go`, 1, 2, "expected 'package'"}},
		{"my dir/x.go:7:1: a: b: c:9: d", Diagnostic{"my dir/x.go", 7, 1, "a: b: c:9: d"}},
		{"x.c:3:5: error: 'y' undeclared\r", Diagnostic{"x.c", 3, 5, "error: 'y' undeclared"}},
		{"größe.go:3:5: x", Diagnostic{"größe.go", 3, 5, "x"}},
	}
	for _, test := range tests {
		got := parseDiagnostics("# example.com/x\n" + test.line + "\ntoo many errors\n")
		if !slices.Equal(got, []Diagnostic{test.want}) {
			t.Errorf("%q gives %q, want %q", test.line, got, test.want)
		}
	}
}

func TestParseDiagnosticsContinuation(t *testing.T) {
	got := parseDiagnostics("a.go:1:2: x redeclared\n\tb.go:3:4: other declaration\nnote\n\tnot this\nb.go:5: y")
	want := []Diagnostic{{"a.go", 1, 2, "x redeclared\n\tb.go:3:4: other declaration"}, {"b.go", 5, 0, "y"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestParseDiagnosticsOfOtherText(t *testing.T) {
	for _, line := range []string{
		"", ":", "::", ":1:2: x", "2026/01/01 10:20:30 x", "127.0.0.1:8080: refused", "localhost:80: refused",
		"a.go: x", "a.go:0:1: x", "a.go:1:2:x", "a.go:1:2: ", "a.go:99999999999999999999: x", "a.go:-1: x", "a.go:+1: x",
		" a.go:1:1: x", "make: *** [Makefile:3: web] Error 1",
	} {
		if got := parseDiagnostics(line + "\n"); len(got) > 0 {
			t.Errorf("%q gives %q", line, got)
		}
	}
}

// What is found prints as it was found.
func FuzzParseDiagnostics(f *testing.F) {
	f.Add("# x\n./main.go:12:3: undefined: x\n\tmore\n")
	f.Add(`C:\web\main.go:1:2: expected`)
	f.Add("go.mod:3: unknown directive: foo")
	f.Add("a.go:1:02: x\na.go:1:2:\n:::\n\t\n")
	f.Fuzz(func(t *testing.T, output string) {
		for _, d := range parseDiagnostics(output) {
			if d.File == "" || d.Line < 1 || d.Column < 0 || d.Message == "" {
				t.Fatalf("%q gives %#v", output, d)
			}
			again := parseDiagnostics(d.String())
			if len(again) != 1 || again[0] != d {
				t.Fatalf("%q gives %q, and that %q", output, d, again)
			}
			if first, _, _ := strings.Cut(d.Message, "\n"); !strings.Contains(output, first) {
				t.Fatalf("%q gives %#v", output, d)
			}
		}
	})
}
