package config

import (
	"strings"
	"testing"
)

func TestSyntax(t *testing.T) {
	tests := []struct{ name, file, text, want string }{
		{"toml", "a.toml", "[services.web]\npackage = \n", `a.toml:2:11: incomplete number`},
		{"toml, open string", "a.toml", "x = \"\n", `a.toml:1:6: basic strings cannot have new lines`},
		{"toml, same key", "a.toml", "[services.web]\npackage = \".\"\nargs = [\n]\npackage = \"x\"\ndir = \".\"\n", `a.toml:5: key package is already defined`},
		{"toml, same table", "a.toml", "[services.web]\npackage = \".\"\n\n[services.web]\nx = '''\n'''", `a.toml:4: table web already exists`},
		{"toml, a table of a value, last line", "a.toml", "services = 1\n[services.web]", `a.toml:2: expected services to be a table, not a value`},
		{"yaml", "a.yaml", "services:\n  web:\n    package: a: b\n", `a.yaml:3: mapping values are not allowed in this context`},
		{"yaml, tab", "a.yml", "services:\n\tweb: 1\n", `a.yml:2: found character that cannot start any token`},
		{"yaml, same key", "a.yaml", "services:\n  web: {}\n  web: {}\n", `a.yaml:3: mapping key "web" already defined at line 2`},
		{"yaml, no table", "a.yaml", "- x\n", `a.yaml:1: want a table at the top of the file`},
		{"yaml, two documents", "a.yaml", "services: {}\n---\nservices: {}\n", `a.yaml:2: more than one YAML document`},
		{"json", "a.json", "{\n  \"services\": {,}\n}", `a.json:2:16: invalid character ',' looking for beginning of object key string`},
		{"json, cut", "a.json", "{\n", `a.json:1:2: unexpected end of JSON input`},
		{"json, more", "a.json", "{}\n{}", `a.json:2:1: invalid character '{' after top-level value`},
		{"json, no table", "a.json", "\n[]", `a.json:2:1: want a table at the top of the file`},
		{"json, huge number", "a.json", "{\"services\": 1e999}", `a.json:1:19: number 1e999 is out of range`},
		{"json, same key", "a.json", "{\"services\": {\n\"web\": {},\n\"web\": {}}}", `a.json:3: key services.web is already defined`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := complain(t, map[string]string{tt.file: tt.text}, Options{Files: []string{tt.file}})
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestPlaces puts the same fault at a known line in each format and shape.
func TestPlaces(t *testing.T) {
	tests := []struct{ name, file, text, want string }{
		{"toml, table", "a.toml", "# c\n\n[services.web]\npackage = '.'\n\n  [services.web.ready]\n  by = 1 # here", "7: services.web.ready.by"},
		{"toml, dotted", "a.toml", "[services]\nweb.package = '.'\nweb.ready.by = 1", "3: services.web.ready.by"},
		{"toml, quoted", "a.toml", "[services.\"web\"]\npackage='.'\n'ready' . \"by\" = 1", "3: services.web.ready.by"},
		{"toml, inline", "a.toml", "services = { web = { package = '.', args = [\n'a'\n], ready = { by = 1 } } }", "3: services.web.ready.by"},
		{"toml, crlf", "a.toml", "[services.web]\r\npackage = '.'\r\nready.by = 1\r\n", "3: services.web.ready.by"},
		{"toml, after a long string", "a.toml", "[services.web]\npackage = '''.'''\nargs = ['''\n\n''']\nready.by = 1\n", "6: services.web.ready.by"},
		{"yaml, block", "a.yaml", "services:\n  web:\n    package: .\n    ready:\n      # c\n      by: 1\n", "6: services.web.ready.by"},
		{"yaml, flow", "a.yaml", "services: {web: {package: .,\n  ready: {by: 1}}}", "2: services.web.ready.by"},
		{"yaml, alias", "a.yaml", "services:\n  web:\n    package: .\n    ready: &r\n      by: 1\n  b:\n    package: .\n    ready: *r\n", "5: services.web.ready.by"},
		{"yaml, number for a name", "a.yaml", "services:\n  7:\n    package: .\n    ready: {by: 1}", "4: services.7.ready.by"},
		{"json", "a.json", "{\"services\":\n{\"web\": {\"package\": \".\",\n\"args\": [\"a\",\n\"b\"],\n\"ready\": {\n\"by\": 1}}}}", "6: services.web.ready.by"},
		{"json, in a list", "a.json", "{\"services\":\n{\"web\": {\"package\": \".\",\n\"args\": [\"a\",\n1]}}}", "4: services.web.args[1]"},
		{"yaml, in a list", "a.yaml", "services:\n  web:\n    package: .\n    args:\n    - a\n    - 1", "6: services.web.args[1]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := complain(t, map[string]string{tt.file: tt.text}, Options{Files: []string{tt.file}})
			if want := tt.file + ":" + tt.want + ": found 1"; !strings.HasPrefix(got, want) {
				t.Errorf("got  %s\nwant %s…", got, want)
			}
		})
	}
}

// TestDeep: places stay right behind what is nested deeper than any key.
func TestDeep(t *testing.T) {
	deep := strings.Repeat("[", 3000) + strings.Repeat("]", 3000)
	for file, text := range map[string]string{
		"a.toml": "x = " + deep + "\nservices = 1",
		"a.yaml": "x: " + deep + "\nservices: 1",
		"a.json": "{\"x\": " + strings.ReplaceAll(deep, "[]", `[{"a": [1, {"a": 2}], "a": 3}]`) + ",\n\"services\": 1}",
	} {
		got := complain(t, map[string]string{file: text}, Options{Files: []string{file}})
		want := file + ":1: x: unknown key (known: dev, profiles, services)\n" + file + ":2: services: found 1, want a table"
		if got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

// TestAliases: an alias inside aliases grows without end if it is followed.
func TestAliases(t *testing.T) {
	text := "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: [*g,*g,*g,*g,*g,*g,*g,*g,*g]\n"
	got := complain(t, map[string]string{"a.yaml": text}, Options{Files: []string{"a.yaml"}})
	if !strings.Contains(got, "excessive aliasing") {
		t.Errorf("got %s", got)
	}
}

// TestMergeKeys: YAML's << gives values whose place is where it stands.
func TestMergeKeys(t *testing.T) {
	text := "services:\n  web: &web\n    package: .\n    workers: 2\n  api:\n    <<: *web\n"
	c, err := Load(in(t, map[string]string{"a.yaml": text}, Options{Files: []string{"a.yaml"}}))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := explained(c)["services.api.workers"], "2 (a.yaml:5)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
