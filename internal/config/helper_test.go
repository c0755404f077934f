package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write makes files in dir. Names may have directories.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// in completes options for files in a new directory. The environment is never
// that of the test.
func in(t *testing.T, files map[string]string, o Options) Options {
	t.Helper()
	o.Dir = t.TempDir()
	write(t, o.Dir, files)
	if o.Environ == nil {
		o.Environ = []string{}
	}
	if _, there := files["supervisor.toml"]; there && o.Files == nil {
		o.Files = []string{"supervisor.toml"}
	}
	return o
}

func mustLoad(t *testing.T, files map[string]string, o Options) *Config {
	t.Helper()
	c, err := Load(in(t, files, o))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// toml is a config of one file.
func tomlFile(text string) map[string]string { return map[string]string{"supervisor.toml": text} }

// complain returns the message of a config that must not load, without the
// part that all messages begin with, and with the directory as DIR.
func complain(t *testing.T, files map[string]string, o Options) string {
	t.Helper()
	o = in(t, files, o)
	c, err := Load(o)
	if err == nil {
		t.Fatalf("loaded %+v, want an error", c.Services)
	}
	text := strings.ReplaceAll(err.Error(), o.Dir, "DIR")
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		rest, ok := strings.CutPrefix(line, "cannot load config: ")
		if !ok {
			t.Errorf("line %q does not say what failed", line)
		}
		lines = append(lines, rest)
	}
	return strings.Join(lines, "\n")
}

// origins maps keys to "value (origin)".
func explained(c *Config) map[string]string {
	all := map[string]string{}
	for _, s := range c.Explain() {
		all[s.Key] = s.Value + " (" + s.Origin + ")"
	}
	return all
}
