package config

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// A path of Windows may be written in three ways, and all are the same directory.
func TestPathsOfWindows(t *testing.T) {
	for name, spell := range map[string]func(dir string) string{
		"literal":       func(dir string) string { return "'" + dir + "'" },
		"escapes":       func(dir string) string { return `"` + strings.ReplaceAll(dir, `\`, `\\`) + `"` },
		"slashes":       func(dir string) string { return `"` + filepath.ToSlash(dir) + `"` },
		"both":          func(dir string) string { return "'" + filepath.ToSlash(filepath.Dir(dir)) + `\sub'` },
		"another drive": func(dir string) string { return "'" + strings.ToLower(dir[:1]) + dir[1:] + "'" },
	} {
		t.Run(name, func(t *testing.T) {
			o := in(t, map[string]string{"sub/x": ""}, Options{Files: []string{"supervisor.toml"}})
			text := fmt.Sprintf("[services.web]\ncommand = ['bin\\web', '-x']\ndir = %s\nlogs = 'file:log/web.log'\nwatch.paths = ['cmd\\web', 'cmd/x']\n", spell(filepath.Join(o.Dir, "sub")))
			write(t, o.Dir, tomlFile(text))
			c, err := Load(o)
			if err != nil {
				t.Fatal(err)
			}
			s := c.Services[0]
			if want := filepath.Join(o.Dir, "sub"); !strings.EqualFold(s.Dir, want) {
				t.Errorf("dir is %s, want %s", s.Dir, want)
			}
			if want := filepath.Join(o.Dir, `sub\log\web.log`); !strings.EqualFold(s.LogFile(), want) {
				t.Errorf("the log is %s, want %s", s.LogFile(), want)
			}
			if s.Command[0] != `bin\web` || s.Watch.Paths[0] != `cmd\web` {
				t.Errorf("got %q, %q", s.Command, s.Watch.Paths)
			}
		})
	}
}
