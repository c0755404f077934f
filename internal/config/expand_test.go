package config

import (
	"strings"
	"testing"
)

func TestExpand(t *testing.T) {
	vars := map[string]string{"A": "1", "EMPTY": "", "_x9": "u", "NESTED": "${A}"}
	tests := []struct{ in, want, fault string }{
		{in: "plain", want: "plain"},
		{in: "", want: ""},
		{in: "${A}${A}-${_x9}", want: "11-u"},
		{in: "${EMPTY:default}", want: ""},
		{in: "${B:default}", want: "default"},
		{in: "${B:}", want: ""},
		{in: "${B:a:b}", want: "a:b"},
		{in: "${B:-1}", want: "-1"},
		{in: "${NESTED}", want: "${A}"},
		{in: "$$", want: "$"},
		{in: "$${A}", want: "${A}"},
		{in: "$$$${A}", want: "$${A}"},
		{in: "$$${A}", want: "$1"},
		{in: "$A $(date) $", want: "$A $(date) $"},
		{in: "}{", want: "}{"},
		{in: "${B}", fault: "${B} is not set"},
		{in: "${A", fault: "${ is never closed"},
		{in: "${}", fault: `"${}" is no variable`},
		{in: "${:x}", fault: `"${:x}" is no variable`},
		{in: "${1A}", fault: `"${1A}" is no variable`},
		{in: "${A-x}", fault: `"${A-x}" is no variable`},
		{in: "${A b}", fault: `"${A b}" is no variable`},
		{in: "${B:${A}}", fault: "the default of ${B} holds another variable"},
	}
	for _, tt := range tests {
		got, f := expand(tt.in, vars)
		switch {
		case f != nil && f.problem != tt.fault:
			t.Errorf("expand(%q): got fault %q, want %q", tt.in, f.problem, tt.fault)
		case f == nil && tt.fault != "":
			t.Errorf("expand(%q): got %q, want fault %q", tt.in, got, tt.fault)
		case got != tt.want:
			t.Errorf("expand(%q): got %q, want %q", tt.in, got, tt.want)
		}
	}
}

func FuzzExpand(f *testing.F) {
	for _, s := range []string{"x", "${A}", "${B:x}", "$$", "$", "${", "${A$}", "a$${A}b${A:}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, fault := expand(s, map[string]string{"A": "1"})
		if fault == nil && !strings.Contains(s, "$") && got != s {
			t.Errorf("%q without a dollar became %q", s, got)
		}
		// With each dollar doubled, nothing is expanded.
		escaped := strings.ReplaceAll(s, "$", "$$")
		if got, fault := expand(escaped, nil); fault != nil || got != s {
			t.Errorf("expand(%q): got %q and %v, want %q", escaped, got, fault, s)
		}
	})
}
