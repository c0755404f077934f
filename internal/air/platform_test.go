package air

import (
	"slices"
	"strings"
	"testing"
)

// On each system its own table counts, over what the file says for all, and no other.
func TestPlatformTables(t *testing.T) {
	const text = `[build]
cmd = 'make all'
bin = 'out/all'
args_bin = ['-a']
pre_cmd = ['gen all']
[build.windows]
cmd = 'make w'
bin = 'out\w.exe'
args_bin = ['-w']
pre_cmd = []
[build.linux]
cmd = 'make l'
entrypoint = ['out/l', '-l']
[build.darwin]
cmd = ''
full_bin = 'out/d -d'
pre_cmd = ['gen d', 'gen e']
`
	o := options(t, "")
	for system, want := range map[string]summary{
		"windows": {build: "make w → out/w.exe", run: "w: it -w"},
		"linux":   {build: "first gen all; make l → out/l", run: "l: it -l -a"},
		"darwin":  {build: "first gen d; first gen e; make all → out/d", run: "d: it -d -a"},
		"freebsd": {build: "first gen all; make all → out/all", run: "all: it -a"},
	} {
		o.System = system
		if got := translateWith(t, text, o); got.build != want.build || got.run != want.run {
			t.Errorf("on %s: %q, %q, want %q, %q", system, got.build, got.run, want.build, want.run)
		}
	}
	// What is not said is this system.
	o.System = ""
	complete, err := o.complete()
	if err != nil {
		t.Fatal(err)
	}
	got := translateWith(t, text, o)
	if o.System = complete.System; got != translateWith(t, text, o) {
		t.Error("this system's table does not count by itself")
	}
}

// On Windows lines run in PowerShell, as in air; a program that needs no shell has none.
func TestPowershell(t *testing.T) {
	o := options(t, "")
	o.Args = []string{"it's", "a b"}
	for _, c := range []struct {
		text    string
		shell   bool
		command []string
	}{
		{"", false, nil},
		{"[build]\npre_cmd = ['gen']", true, nil},
		{"[build]\ncmd = 'make'\nbin = 'x.exe'", true, nil},
		{"[[build.rules]]\ncmd = 'templ generate'\ninclude_ext = ['templ']", true, nil},
		{"[build]\ncmd = 'make'\nfull_bin = 'node x.js'", true, []string{"node", "x.js", "it's", "a b"}},
		{"[build]\ncmd = 'make'\nfull_bin = '.\\x.exe $env:PORT'", true, append(powershell(), "./x.exe $env:PORT 'it''s' 'a b'")},
		{"[build]\npre_cmd = ['npm ci']\ncmd = 'npx tailwindcss --watch'\nbin = 'true'", false, append(powershell(), "npm ci; if (-not $?) { exit 1 }; npx tailwindcss --watch 'it''s' 'a b'")},
	} {
		for _, system := range []string{"windows", "linux"} {
			o.System = system
			f, err := Parse("x", []byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			r, err := f.Translate(o)
			if err != nil {
				t.Fatal(err)
			}
			service := tableIn(tableIn(r.Tree, "services"), r.service)
			if got := listIn(service, "shell"); (len(got) > 0) != (c.shell && system == "windows") || len(got) > 0 && !slices.Equal(got, powershell()) {
				t.Errorf("%q on %s: the shell is %q", c.text, system, got)
			}
			got := listIn(service, "command")
			if system == "windows" && !slices.Equal(got, c.command) {
				t.Errorf("%q: runs %q, want %q", c.text, got, c.command)
			}
			if system != "windows" && strings.Contains(strings.Join(got, " "), "powershell") {
				t.Errorf("%q on %s: runs %q", c.text, system, got)
			}
		}
	}
}
