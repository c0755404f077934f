package config

import (
	"slices"
	"strings"
	"testing"
)

func TestParseEnv(t *testing.T) {
	text := "\ufeff# comment\n\nA=1\r\n  export B = two words # why\nC='a # $b\\n'\nD=\"a\\n\\\"b\\\" \\$c \\x\" # why\nE=\nF=a=b#c\nG=''\nA=2\nH= # none\n"
	var got []string
	all, f := parseEnv(text)
	if f != nil {
		t.Fatal(f)
	}
	for _, v := range all {
		got = append(got, v.name+"="+v.value)
	}
	want := []string{"A=1", "B=two words", `C=a # $b\n`, "D=a\n\"b\" $c \\x", "E=", "F=a=b#c", "G=", "A=2", "H="}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestBadEnvFiles(t *testing.T) {
	tests := []struct{ text, want string }{
		{"A=1\nB\n", `.env:2: found "B", want NAME=value`},
		{"=x", `.env:1: found "=x", want NAME=value`},
		{"A B=x", `.env:1: found "A B=x", want NAME=value`},
		{"A='x", `.env:1: a value that begins with ' does not end with it`},
		{"A=\"x\\\"", `.env:1: a value that begins with " does not end with it`},
		{"A='x' y", `.env:1: found "y" after the closing quote`},
		{"A=\x00", `.env:1: found "\x00", want no zero byte`},
	}
	for _, tt := range tests {
		files := tomlFile(web + `env_files = [".env"]`)
		files[".env"] = tt.text
		if got := complain(t, files, Options{}); got != tt.want {
			t.Errorf("%q:\ngot  %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

func TestEnvFilesInOrder(t *testing.T) {
	files := tomlFile(web + "env_files = [\"1.env\", \"2.env\"]\nenv = {C=\"env\"}")
	files["1.env"] = "A=1\nB=1\nC=1\n"
	files["2.env"] = "B=2\n\nC=2\n"
	c := mustLoad(t, files, Options{})
	got := explained(c)
	for key, want := range map[string]string{"A": `"1" (1.env:1)`, "B": `"2" (2.env:1)`, "C": `"env" (supervisor.toml:4)`} {
		if got["services.web.env."+key] != want {
			t.Errorf("%s: got %s, want %s", key, got["services.web.env."+key], want)
		}
	}
}

func FuzzParseEnv(f *testing.F) {
	for _, s := range []string{"A=1", "export A='x' # c", "A=\"\\n\\\"\"", "#\n\nA", "A=\"\\", "\ufeffA="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		all, _ := parseEnv(s)
		for _, v := range all {
			if v.name == "" || strings.ContainsAny(v.name, "= \x00") || strings.Contains(v.value, "\x00") {
				t.Errorf("%q gave %+v", s, v)
			}
		}
	})
}
