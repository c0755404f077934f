package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/air"
	"github.com/seed-27ba25bb/supervisor/internal/config"
)

// inProject makes files and goes where they are.
func inProject(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

const (
	airText  = "[build]\ncmd = 'make web'\nbin = 'tmp/web'\n"
	ownText  = "[services.web]\ncommand = ['./web']\n"
	rText    = "[format]\nline-width = 80\n"
	badText  = "[build]\ndelay = '1s'\n"
	elseText = "[package]\nname = 'x'\n"
)

// How a command line is read, as FILE FLAGS -- ARGS | REST, or as what is left alone.
func TestAirArgs(t *testing.T) {
	here := map[string]string{".air.toml": airText, "own.toml": ownText, "dev/worker.toml": airText, "else.toml": elseText}
	for _, c := range []struct{ args, want string }{
		{"", ".air.toml -- | dev"},
		{"-c .air.toml", ".air.toml -- | dev -c .air.toml"},
		{"-c=dev/worker.toml", "dev/worker.toml -- | dev -c dev/worker.toml"},
		{"--c dev/worker.toml -d", "dev/worker.toml -- | dev -c dev/worker.toml"},
		{"-c .air.toml -c own.toml", ".air.toml -- | dev -c .air.toml -c own.toml"},
		{"-c .air.toml -- server -c x", ".air.toml -- server -c x | dev -c .air.toml"},
		{"-c .air.toml server --port 80", ".air.toml -- server --port 80 | dev -c .air.toml"},
		{"-- -h", ".air.toml -- -h | dev"},
		{"--build.cmd make --build.bin=./x", ".air.toml build.cmd=make build.bin=./x -- | dev"},
		{"-build.poll true", ".air.toml build.poll=true -- | dev"},
		{"--build.exclude_dir=", ".air.toml build.exclude_dir= -- | dev"},
		{"--root web --listen :80 --profile p", ".air.toml root=web -- | dev --listen :80 --profile p"},
		{"-color never", ".air.toml color.mode=never -- | dev"},
		{"--listen :80 -- x", ".air.toml -- x | dev --listen :80"},
		{"-v", "left: version"},
		{"-c .air.toml -v", "left: version"},
		{"-h", "left: -h"},
		{"--version", "left: --version"},
		{"-c own.toml", "left: -c own.toml"},
		{"-c else.toml", "left: -c else.toml"},
		{"-c missing.toml", "left: -c missing.toml"},
		{"-c own.toml -- ./web", "left: -c own.toml -- ./web"},
		{"--listen :80 ./cmd/web", "left: --listen :80 ./cmd/web"},
		{"--lisen :80", "left: --lisen :80"},
		{"dev -- ./web", "left: dev -- ./web"},
		{"init", "left: init"},
		{"server", "left: server"},
		{"--build.poll", "error: --build.poll has no value"},
		{"-c", "error: -c has no value"},
		{"-c own.toml --build.cmd x", "error: cannot use --build.cmd, a flag of air, with a config of supervisor"},
	} {
		t.Run(c.args, func(t *testing.T) {
			inProject(t, here)
			if got := readAirArgs(strings.Fields(c.args)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func readAirArgs(args []string) string {
	line, rest, err := airArgs(command(io.Discard, io.Discard), args)
	switch {
	case err != nil:
		return "error: " + err.Error()
	case line == nil:
		return "left: " + strings.Join(rest, " ")
	}
	words := []string{line.file}
	for _, f := range line.flags {
		words = append(words, f.Key+"="+f.Value)
	}
	words = append(append(words, "--"), line.args...)
	return strings.TrimSpace(strings.Join(append(append(words, "|"), rest...), " "))
}

// Which files of a directory make a bare command line one of air.
func TestAirHere(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"nothing":       {nil, ""},
		"air's":         {map[string]string{".air.toml": airText}, ".air.toml"},
		"in .config":    {map[string]string{".config/air.toml": airText}, filepath.Join(".config", "air.toml")},
		"ours wins":     {map[string]string{".air.toml": airText, "supervisor.toml": ownText}, ""},
		"the formatter": {map[string]string{".air.toml": rText}, ""},
		"empty":         {map[string]string{".air.toml": ""}, ".air.toml"},
		"broken":        {map[string]string{".air.toml": "[build"}, ".air.toml"},
		"unmarked":      {map[string]string{"air.toml": airText}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			inProject(t, c.files)
			if file, ok := airHere(); file != c.want || ok != (c.want != "") {
				t.Errorf("found %q, %v, want %q", file, ok, c.want)
			}
		})
	}
}

// Flags of air are not mixed with a config of ours, named or found.
func TestAirFlagsBesideOurConfig(t *testing.T) {
	inProject(t, map[string]string{"supervisor.toml": ownText, ".air.toml": airText})
	if got := readAirArgs([]string{"--build.bin", "x"}); !strings.HasPrefix(got, "error: cannot use --build.bin") {
		t.Error(got)
	}
	if got := readAirArgs([]string{"-c", ".air.toml", "--build.bin", "x"}); got != ".air.toml build.bin=x -- | dev -c .air.toml" {
		t.Error(got)
	}
}

// What a line says becomes the lowest layer of the config.
func TestAirTree(t *testing.T) {
	inProject(t, map[string]string{".air.toml": airText, "over.toml": "[services.web.drain]\ntimeout = '3s'\n"})
	line := &airLine{file: ".air.toml", flags: []air.Flag{{Key: "build.args_bin", Value: "-x"}}, args: []string{"a b"}}
	tree, warnings, err := line.tree()
	if err != nil || len(warnings) > 0 {
		t.Fatal(warnings, err)
	}
	c, err := config.Load(config.Options{Trees: []config.Tree{tree}, Files: []string{"over.toml"}, Environ: []string{}})
	if err != nil {
		t.Fatal(err)
	}
	s := c.Services[0]
	if s.Build.Command != "make web" || s.Build.Output != "tmp/web" || !slices.Equal(s.Args, []string{"-x", "a b"}) || s.Drain.Timeout.Seconds() != 3 {
		t.Errorf("service %+v", s)
	}
	place := ""
	for _, e := range c.Explain() {
		if e.Key == "services.web.build.command" {
			place = e.Origin
		}
	}
	if place != ".air.toml:2" {
		t.Errorf("build.command comes from %q", place)
	}
}

// Where a config has a layer of air's.
func TestAirLayer(t *testing.T) {
	for _, c := range []struct {
		files, named, want string
		line               *airLine
		alone              bool
	}{
		{files: ".air.toml", alone: true, want: ".air.toml |"},
		{files: ".air.toml", want: "|"},
		{files: ".air.toml own.toml", named: "own.toml", alone: true, want: "| own.toml"},
		{files: ".air.toml supervisor.toml", alone: true, want: "|"},
		{files: ".air.toml own.toml", named: "own.toml .air.toml", want: ".air.toml | own.toml"},
		{files: ".air.toml other.toml own.toml", named: "other.toml own.toml", line: &airLine{file: "other.toml"}, want: "other.toml | own.toml"},
		{want: "|", alone: true},
	} {
		files := map[string]string{}
		for _, f := range strings.Fields(c.files) {
			files[f] = airText
			if f == "own.toml" || f == "supervisor.toml" {
				files[f] = ownText
			}
		}
		inProject(t, files)
		trees, left, _, err := airLayer(c.line, strings.Fields(c.named), c.alone)
		got := "| " + strings.Join(left, " ")
		if len(trees) == 1 {
			got = filepath.Base(trees[0].File) + " " + got
		}
		if strings.TrimSpace(got) != c.want || err != nil {
			t.Errorf("%+v: %q, %v", c, got, err)
		}
	}
}

// A file that cannot be used is bad config, whoever reads it.
func TestAirFaults(t *testing.T) {
	for text, want := range map[string]string{
		badText: `cannot load config: x.toml:2: build.delay: found "1s", want a whole number`,
		rText:   "cannot load config: x.toml: this configures Air, the formatter of R code",
	} {
		inProject(t, map[string]string{"x.toml": text})
		_, _, err := (&airLine{file: "x.toml"}).tree()
		if err == nil || !strings.HasPrefix(err.Error(), want) || exitCode(err) != exitUsage {
			t.Errorf("error %v, exit code %d", err, exitCode(err))
		}
		if _, _, converted := fromAir("x.toml", []byte(text)); converted == nil || converted.Error() != err.Error() {
			t.Errorf("converting it: %v", converted)
		}
	}
	if _, _, err := (&airLine{file: "gone.toml"}).tree(); err == nil || exitCode(err) != exitUsage {
		t.Errorf("a file that is not there: %v", err)
	}
}

// Without any file, air's defaults and the flags are what counts.
func TestAirFlagsAlone(t *testing.T) {
	inProject(t, nil)
	line, _, err := airArgs(command(io.Discard, io.Discard), []string{"--build.cmd", "go build -o ./bin/api ./cmd/api", "--build.bin", "./bin/api"})
	if err != nil || line == nil {
		t.Fatal(line, err)
	}
	tree, _, err := line.tree()
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(config.Options{Trees: []config.Tree{tree}, Environ: []string{}})
	if err != nil {
		t.Fatal(err)
	}
	if s := c.Services[0]; s.Name != "api" || s.Package != "./cmd/api" {
		t.Errorf("service %+v", s)
	}
}

// The converted file loads.
func TestFromAir(t *testing.T) {
	inProject(t, nil)
	text, _, err := fromAir(".air.toml", []byte(airText))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("supervisor.toml", text, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(config.Options{Files: []string{"supervisor.toml"}, Environ: []string{}})
	if err != nil || len(c.Services) != 1 || len(c.Warnings) > 0 {
		t.Fatalf("%v, %+v", err, c)
	}
}
