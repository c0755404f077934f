package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func FuzzTOML(f *testing.F) {
	fuzzFormat(f, "x.toml", everythingTOML, profiled, "a=[{b=1}]\n[[c]]\nd.\"\"=1979-05-27", "\"a\\u0000b\"=1")
}

func FuzzYAML(f *testing.F) {
	fuzzFormat(f, "x.yaml", everythingYAML, "services: &a {web: *a}", "? [a]\n: 1", "<<: {a: 1}", "1: {2: {null: ~}}", "a: !!binary aGk=")
}

func FuzzJSON(f *testing.F) {
	fuzzFormat(f, "x.json", everythingJSON, `{"profiles":{"p":{"services":null}}}`, `{"a":[[{"b":1e400}]]}`, `null`)
}

// fuzzFormat: whatever the bytes, Load returns a Config or errors that name the
// file, one a line.
func fuzzFormat(f *testing.F, name string, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	dir := f.TempDir()
	file := filepath.Join(dir, name)
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Load(Options{Files: []string{file}, Profile: "p", Environ: []string{"A=1"}})
		if (c == nil) == (err == nil) {
			t.Fatalf("got %v and %v", c, err)
		}
		if c != nil {
			return
		}
		if _, ok := errors.AsType[*Error](err); !ok {
			t.Errorf("got %T", err)
		}
		for line := range strings.SplitSeq(err.Error(), "\n") {
			if !strings.HasPrefix(line, "cannot load config: ") {
				t.Errorf("line %q of %q", line, err)
			}
		}
	})
}
