package rebuild

import (
	"reflect"
	"testing"
)

func TestParseHeader(t *testing.T) {
	src := "//go:build linux\n// +build linux\n\n/* about */ package web // import \"x\"\n\nimport (\n\t\"fmt\"\n\tother \"a/b\"\n)\n\nimport \"C\"\nimport . \"fmt\"\n\n\t//go:embed a b \nvar s = \"//go:fake\"\n\nfunc f() {}\n"
	h, err := parseHeader([]byte(src))
	want := header{
		Name:       "web",
		Imports:    []string{"C", "a/b", "fmt"},
		Directives: []string{"//go:build linux", "+build linux", "//go:embed a b", "//go:fake\""},
		Top:        "//go:build linux\n// +build linux\n\n/* about */ ",
	}
	if err != nil || !reflect.DeepEqual(h, want) {
		t.Errorf("%v\n%q\nwant\n%q", err, h, want)
	}
	for _, src := range []string{"", "package", "package a\nimport \"", "func"} {
		if h, err := parseHeader([]byte(src)); err == nil {
			t.Errorf("%q: %q", src, h)
		}
	}
}

func FuzzParseHeader(f *testing.F) {
	f.Add([]byte("//go:build x\n\npackage a\n\nimport \"fmt\"\n"))
	f.Add([]byte("package a;import(.\"C\";`b`)"))
	f.Fuzz(func(t *testing.T, src []byte) {
		h, err := parseHeader(src)
		if err == nil && h.Name == "" {
			t.Errorf("no name: %q", src)
		}
	})
}
