package air

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// Types are as strict as air's, and each fault has its place.
func TestFaults(t *testing.T) {
	for text, want := range map[string]string{
		"[build]\ndelay = '1s'":                                 `:2: build.delay: found "1s", want a whole number`,
		"[build]\ndelay = 1.5":                                  `:2: build.delay: found 1.5, want a whole number`,
		"[build]\nstop_on_error = 'yes'":                        `:2: build.stop_on_error: found "yes", want true or false`,
		"[build]\npre_cmd = 'x'":                                `:2: build.pre_cmd: found "x", want a list of strings`,
		"[build]\nexclude_dir = [1]":                            `:2: build.exclude_dir: found a list, want a list of strings`,
		"env_files = '.env'":                                    `:1: env_files: found ".env", want a list of strings`,
		"log = true":                                            `:1: log: found true, want a table`,
		"[build]\ncmd = ['go']":                                 `:2: build.cmd: found a list, want a string`,
		"[build]\nbin = 2026-01-02":                             `:2: build.bin: found a date, want a string`,
		"[build]\nkill_delay = '500'":                           `:2: build.kill_delay: found "500", want a whole number of milliseconds or a duration such as "500ms"`,
		"[build]\nentrypoint = true":                            `:2: build.entrypoint: found true, want a string or a list of strings`,
		"[build]\nrules = {}":                                   `:2: build.rules: found a table, want tables [[build.rules]]`,
		"[[build.rules]]\nname = 'x'":                           `:1: build.rules.0: cmd is not set`,
		"[[build.rules]]\ncmd='a'\n[[build.rules]]\ncmd = 1\n":  `:4: build.rules.1.cmd: found 1, want a string`,
		"[build.linux]\ncmd = 1":                                `:2: build.linux.cmd: found 1, want a string`,
		"[build]\nlinux = 1":                                    `:2: build.linux: found 1, want a table`,
		"[build]\ndelay = 1\n\ndelay = 2":                       `:4: build.delay is set twice`,
		"[build]\ndelay = 1\n[log]\n[build]\n":                  `:4: build is set twice`,
		"[build]\nbin = \"tmp\\main\"":                          `:2: invalid escaped character`,
		"[build":                                                `:1: `,
		"[BUILD]\nDELAY = '1'":                                  `:2: build.DELAY: found "1", want a whole number`,
		"root = '/'":                                            `:1: root: / is no project (go to one, or set build.ignore_dangerous_root_dir = true to watch all of it)`,
		"root = '~/'":                                           `:1: root: /home/me is no project`,
		"[build]\nexclude_regex = ['(']":                        `:2: build.exclude_regex: missing closing )`,
		"[[build.rules]]\ncmd = 'x'\nexclude_regex = ['(']":     `:1: build.rules: missing closing )`,
		"[build]\nentrypoint = ['']":                            `:2: no program is named`,
		"[build]\nfull_bin = '# nothing'":                       `:2: no program is named`,
		"[color]\nmode = 'loud'":                                `:2: color.mode: found "loud", want "auto", "always" or "never"`,
		"[services.web]\npackage = '.'":                         `: this is a config of supervisor, not of air`,
		"[format]\nindent-width = 2":                            `: this configures Air, the formatter of R code, and not air, the live reloader`,
		"[build]\ncmd = \"" + strings.Repeat("x", 99) + "\"\nx": `:3: `,
	} {
		_, err := translate(t, []byte(text), "")
		if err == nil || !strings.HasPrefix(err.Error(), "cannot load config: .air.toml"+want) {
			t.Errorf("%q: error %v, want %s", text, err, want)
		}
		if _, ok := errors.AsType[*Error](err); !ok {
			t.Errorf("%q: %T is no *Error", text, err)
		}
	}
}

// All faults are told at once, in the order of the file.
func TestAllFaults(t *testing.T) {
	_, err := Parse(".air.toml", []byte("[log]\ntime = 1\n[build]\npoll = 1\nbin = 1"))
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 3 || !strings.Contains(lines[0], ":2:") || !strings.Contains(lines[1], ":4:") || !strings.Contains(lines[2], ":5:") {
		t.Errorf("error %v", err)
	}
}

// What air's parser takes, this one does.
func TestForms(t *testing.T) {
	for _, text := range []string{
		"\ufeff[build]\r\ncmd = 'make'\r\n",
		"build.cmd = 'make'",
		"build = { cmd = 'make' }",
		"[BUILD]\nCMD = 'make'",
		"[build]\ncmd = '''make'''\nexclude_dir = [\n  'a', # one\n  'b',\n]\n",
		"[build]\ncmd = ' make '",
		"[build]\nCmd = 'wrong'\ncmd = 'make'\n[Build]\ncmd = 'wrong'",
	} {
		r, err := translate(t, []byte(text), "")
		if err != nil || !strings.Contains(string(Render(r)), `command = "make"`) {
			t.Errorf("%q: %v, %s", text, err, Render(r))
		}
	}
}

// Numbers and short durations have units of their own.
func TestKillDelay(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "500": 500 * time.Millisecond, "5000": 5 * time.Second, "999_999": 999_999 * time.Millisecond,
		"1000000": time.Millisecond, "3000000000": 3 * time.Second, "-1": 0,
		"'0s'": 0, "'500ms'": 500 * time.Millisecond, "'30s'": 30 * time.Second, "'500ns'": 500 * time.Millisecond,
	} {
		f, err := Parse("x", []byte("[build]\nkill_delay = "+text))
		if err != nil || f.top["build.kill_delay"].v != want {
			t.Errorf("%s is %v, %v, want %v", text, f.top["build.kill_delay"].v, err, want)
		}
	}
}

// A zero in a file is no value for the keys that air reads so.
func TestZeroIsDefault(t *testing.T) {
	f, err := Parse("x", []byte("root = ''\ntmp_dir = ''\n[build]\ncmd = ''\nbin = ''\ndelay = 0\nlog = ''\n[build.linux]\ncmd = 'make'\nargs_bin = []"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := merge(f, nil, "linux")
	if err != nil || s.text("root") != "." || s.text("tmp_dir") != "tmp" || s.text("build.bin") != "./tmp/main" || s.number("build.delay") != 1000 || s.text("build.cmd") != "make" {
		t.Errorf("%+v, %v", s.table, err)
	}
	if s, _ = merge(f, nil, "windows"); s.text("build.bin") != `tmp\main.exe` || s.text("build.cmd") != "go build -o ./tmp/main.exe ." {
		t.Errorf("on Windows %q, %q", s.text("build.bin"), s.text("build.cmd"))
	}
}

// Values have their places.
func TestOrigins(t *testing.T) {
	f, err := Parse("dir/.air.toml", []byte("[build]\ncmd = 'make'\nbin = 'x'\n[screen]\nclear_on_rebuild = true\n[[build.rules]]\n\ncmd = 'a'"))
	if err != nil {
		t.Fatal(err)
	}
	o := options(t, "")
	o.Flags = []Flag{{"build.bin", "y"}}
	r, err := f.Translate(o)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"services.y.build.command": "dir/.air.toml:2", "services.y.build.output": "--build.bin", "dev.clear": "dir/.air.toml:5",
		"services.y.once": "dir/.air.toml", "services.y.rules.rule-0.command": "dir/.air.toml:8", "services.y.rules.rule-0.paths": "dir/.air.toml:6",
	} {
		if r.Origins[key] != want {
			t.Errorf("%s comes from %q, want %q", key, r.Origins[key], want)
		}
	}
}

// Keys that air does not know either are named, with the one that was meant.
func TestUnknownKeys(t *testing.T) {
	r, err := translate(t, []byte("shell = 'x'\n[build]\npre_cmds = []\ndelays = 1\nstop_on_root = false\nsend_Interrupt = true\n[build.linux]\nlog = 'x'\n[run]\ncmd = ''"), "")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		":6: build.send_Interrupt is no key of air: did you mean build.send_interrupt?", ":4: build.delays is no key of air: did you mean build.delay?",
		":8: build.linux.log is no key of air", ":3: build.pre_cmds is no key of air: did you mean build.pre_cmd?",
		":9: run is no key of air", ":1: shell is no key of air",
	}
	for _, w := range want {
		if !strings.Contains(strings.Join(r.Warnings, "\n")+"\n", ".air.toml"+w+"\n") {
			t.Errorf("%q is missing in %q", w, r.Warnings)
		}
	}
	if len(r.Warnings) != len(want) {
		t.Errorf("%d warnings: %q", len(r.Warnings), r.Warnings)
	}
}
