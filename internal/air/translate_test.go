package air

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// commandOf is what runs, for files that differ by where and how they are used.
func translateWith(t *testing.T, text string, o Options) summary {
	t.Helper()
	f, err := Parse(".air.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Translate(o)
	if err != nil {
		t.Fatal(err)
	}
	return summarize(r)
}

// A path within the project is the same whether it is written absolute or not.
func TestAbsoluteProgram(t *testing.T) {
	o := options(t, "main.go")
	text := "[build]\nbin = '" + o.Dir + "/out/templates'\ncmd = 'CGO_ENABLED=1 go build -tags dev -o ./out/templates main.go'\nargs_bin = ['-port', '8005']"
	s := translateWith(t, text, o)
	if s.build != "package . -tags=dev" || s.run != "templates: CGO_ENABLED=1 it -port 8005" {
		t.Errorf("%+v", s)
	}
}

// Only the go command on PATH builds what the supervisor would.
func TestOtherGo(t *testing.T) {
	o := options(t, "")
	for program, want := range map[string]string{"go": "package .", "/usr/local/go/bin/go": "package .", "/opt/go/bin/go": "/opt/go/bin/go build -o ./tmp/main . → tmp/main"} {
		if s := translateWith(t, "[build]\ncmd = '"+program+" build -o ./tmp/main .'", o); s.build != want {
			t.Errorf("%s: %q, want %q", program, s.build, want)
		}
	}
}

// A file stands for its package if it is all of it.
func TestFilesOfAPackage(t *testing.T) {
	for sources, want := range map[string]string{
		"main.go":                          "package .",
		"main.go main_test.go doc.txt":     "package .",
		"main.go util.go":                  "go build -o ./tmp/main main.go → tmp/main",
		"main.go asm.s":                    "go build -o ./tmp/main main.go → tmp/main",
		"sub/main.go":                      "go build -o ./tmp/main main.go → tmp/main",
		"":                                 "go build -o ./tmp/main main.go → tmp/main",
		"main.go cmd/other/main.go x/y.go": "package .",
	} {
		if s := translateWith(t, "build.cmd = 'go build -o ./tmp/main main.go'", options(t, sources)); s.build != want {
			t.Errorf("with %q: %q, want %q", sources, s.build, want)
		}
	}
	two := "build.cmd = 'go build -o ./tmp/main cmd/x/a.go ./cmd/x/b.go'"
	if s := translateWith(t, two, options(t, "cmd/x/a.go cmd/x/b.go")); s.build != "package ./cmd/x" {
		t.Errorf("two files: %q", s.build)
	}
	if s := translateWith(t, strings.Replace(two, "./cmd/x/b.go", "cmd/y/b.go", 1), options(t, "cmd/x/a.go cmd/y/b.go")); strings.HasPrefix(s.build, "package") {
		t.Errorf("files of two packages: %q", s.build)
	}
}

// A program that the build cannot have made runs where it is.
func TestScriptRunsInPlace(t *testing.T) {
	o := options(t, "serve")
	text := "[build]\ncmd = 'make'\nbin = 'serve'"
	if s := translateWith(t, text, o); s.run != "serve: it" {
		t.Errorf("an empty file: %q", s.run)
	}
	if err := os.WriteFile(filepath.Join(o.Dir, "serve"), []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if s := translateWith(t, text, o); s.run != "serve: ./serve" {
		t.Errorf("a script: %q", s.run)
	}
	for text, want := range map[string]string{
		"[build]\ncmd = 'make'\nfull_bin = 'node server.js'":     "project: node server.js",
		"[build]\ncmd = 'make'\nbin = '/opt/x/server'":           "server: /opt/x/server",
		"[build]\ncmd = 'make'\nbin = '../x/server'":             "server: ../x/server",
		"[build]\ncmd = 'make'\nentrypoint = 'server'":           "server: it",
		"[build]\ncmd = 'make'\nentrypoint = ['go', 'version']":  "project: go version",
		"[build]\ncmd = 'make'\nbin = '\"./my app\" -x'":         "my-app: it -x",
		"[build]\ncmd = 'make'\nbin = './out/x'\nfull_bin = 'x'": "project: x",
	} {
		if s := translateWith(t, text, o); s.run != want {
			t.Errorf("%q: %q, want %q", text, s.run, want)
		}
	}
}

// Arguments of the command line are words of their own, last of all.
func TestArguments(t *testing.T) {
	o := options(t, "")
	o.Args = []string{"a b", "$X", "'"}
	for text, want := range map[string][]string{
		"build.args_bin = ['-x']":               {"args", "-x", "a b", "$X", "'"},
		"build.full_bin = 'node x.js'":          {"command", "node", "x.js", "a b", "$X", "'"},
		"build.full_bin = './tmp/main ${Y:-1}'": {"command", "/bin/sh", "-c", `exec ./tmp/main ${Y:-1} 'a b' '$X' ''\'''`},
	} {
		f, err := Parse("x", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		r, err := f.Translate(o)
		if err != nil {
			t.Fatal(err)
		}
		if got := listIn(tableIn(tableIn(r.Tree, "services"), r.service), want[0]); !slices.Equal(got, want[1:]) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// On Windows the table of that system counts, and another shell.
func TestWindows(t *testing.T) {
	o := options(t, "")
	o.System = "windows"
	for text, want := range map[string]summary{
		"": {build: "package .", run: "project: it"},
		"[build]\nsend_interrupt = true\n[build.windows]\ncmd = 'make'\nbin = 'out\\x.exe'": {build: "make → out/x.exe", run: "x: it"},
		"build.full_bin = 'tmp\\main.exe serve'":                                            {build: "package .", run: "project: it serve"},
		"build.full_bin = '.\\x.exe $env:PORT'":                                             {build: "go build -o ./tmp/main.exe .", run: "x: powershell -NoProfile -NonInteractive -Command ./x.exe $env:PORT"},
		"build.bin = 'true'":                                                                {build: "go build -o ./tmp/main.exe .", run: "project: cmd /c exit 0 | restart | drain TERM 2s"},
	} {
		got := translateWith(t, text, o)
		if got.build != want.build || got.run != want.run {
			t.Errorf("%q: %q, %q, want %+v", text, got.build, got.run, want)
		}
	}
}

// Flags win over everything in the file, zero values too, and lists add up.
func TestFlags(t *testing.T) {
	o := options(t, "")
	o.Flags = []Flag{
		{"build.cmd", "make web"},
		{"build.bin", "./out/web"},
		{"build.args_bin", "-a,-b"},
		{"build.args_bin", "-c"},
		{"build.exclude_dir", ""},
		{"build.include_ext", "js,css"},
		{"build.exclude_regex", "x"},
		{"build.poll", "True"},
		{"build.poll_interval", "900"},
		{"build.send_interrupt", "1"},
		{"build.kill_delay", "2s"},
		{"screen.clear_on_rebuild", "false"},
		{"build.rerun", "false"},
	}
	s := translateWith(t, "[build]\ncmd = 'a'\nrerun = true\nexclude_dir = ['z']\n[build.linux]\nbin = 'b'\n[screen]\nclear_on_rebuild = true", o)
	want := summary{
		build: "make web → out/web", run: "web: it -a -b -c | drain INT 2s",
		watch: ". | *.js *.css | not .*/ /tmp/ /testdata/ *x* | poll 900ms",
	}
	if s != want {
		t.Errorf("got  %+v\nwant %+v", s, want)
	}
	for _, f := range []Flag{{"build.poll", "perhaps"}, {"build.delay", "1s"}, {"build.kill_delay", "soon"}, {"build.rules", "x"}, {"build.linux", "x"}, {"nothing", "x"}} {
		file, _ := Parse("x", nil)
		if _, err := file.Translate(Options{Flags: []Flag{f}}); err == nil || !strings.Contains(err.Error(), "--"+f.Key+": ") {
			t.Errorf("%v: error %v", f, err)
		}
	}
	for name, want := range map[string]bool{"root": true, "build.cmd": true, "proxy.enabled": true, "build": false, "build.rules": false, "build.linux": false, "listen": false, "": false} {
		if IsFlag(name) != want {
			t.Errorf("IsFlag(%q) is %v", name, !want)
		}
	}
}

// A service gets a name that our config takes.
func TestServiceName(t *testing.T) {
	for in, want := range map[string]string{"web": "web", "My App.v2": "my-app-v2", "--": "service", "ü": "service", strings.Repeat("x", 99): strings.Repeat("x", 64)} {
		if got := serviceName(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestRecognize(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{".air.toml", "", true},
		{"air.toml", "# nothing", true},
		{"dir/.air.worker.toml", "[buil", true},
		{".air.conf", "[buil", true},
		{"config.toml", "[build]\ncmd = 'x'", true},
		{"config.toml", "ROOT = '.'", true},
		{"config.toml", "", false},
		{"config.toml", "[buil", false},
		{"config.toml", "[package]\nname = 'x'", false},
		{"supervisor.toml", "[services.web]\ncommand = ['x']", false},
		{".air.toml", "[services.web]\ncommand = ['x']", false},
		{".air.toml", "[format]\nline-width = 80", true},
		{"config.toml", "[format]\nline-width = 80", false},
		{".air.toml", "[format]\nx = 1\n[build]\ncmd = 'x'", true},
	} {
		if Recognize(c.name, []byte(c.text)) != c.want {
			t.Errorf("%s with %q: want %v", c.name, c.text, c.want)
		}
	}
}

func TestDetect(t *testing.T) {
	dir := t.TempDir()
	found := func(want string) {
		t.Helper()
		file, ok := Detect(dir)
		if ok != (want != "") || ok && file != filepath.Join(dir, want) {
			t.Errorf("found %q, %v, want %q", file, ok, want)
		}
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found("")
	write("air.toml", "[build]")
	found("")
	write(".config/air.toml", "[build]")
	found(".config/air.toml")
	write(".air.toml", "[format]\nline-width = 80")
	found(".config/air.toml")
	write(".air.toml", "root = '.'")
	found(".air.toml")
}
