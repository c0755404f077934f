package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// loads writes a proposed file in a directory of its own and loads it.
func loads(t *testing.T, text string) *config.Config {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{"supervisor.toml": text, ".env": "A=b\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	conf, err := config.Load(config.Options{Dir: dir, Files: []string{"supervisor.toml"}, Environ: []string{}})
	if err != nil {
		t.Fatalf("%v, of\n%s", err, text)
	}
	if len(conf.Warnings) > 0 {
		t.Errorf("warnings %q, of\n%s", conf.Warnings, text)
	}
	return conf
}

// setting is what can be commented in, which prose cannot.
var setting = regexp.MustCompile(`(?m)^# (\[[\w.-]+\]|\w+ = .*)$`)

func TestProposalsLoad(t *testing.T) {
	files := map[string]string{
		"command":  commandFile(),
		"one":      programsFile(candidates([]rebuild.Main{{Package: "example.com/web", Dir: "."}})),
		"several":  programsFile(candidates([]rebuild.Main{{Package: "x/cmd/web", Dir: "./cmd/web"}, {Package: "x/tools/gen", Dir: "./tools/gen"}})),
		"examples": programsFile(candidates([]rebuild.Main{{Package: "x/examples/a", Dir: "./examples/a"}, {Package: "x/examples/b", Dir: "./examples/b"}})),
		"odd":      programsFile(candidates([]rebuild.Main{{Package: `x/a"b\$c`, Dir: `./a"b\$c`}})),
	}
	for name, text := range files {
		t.Run(name, func(t *testing.T) {
			before := loads(t, text)
			// All that is commented out is right, too, once it is commented in.
			after := loads(t, setting.ReplaceAllString(text, "$1"))
			if len(before.Services) > len(after.Services) || len(after.Services[0].Listen) != 1 || after.Services[0].Workers != 2 {
				t.Errorf("commented in, it is %+v", after.Services)
			}
		})
	}
	if got := loads(t, files["odd"]).Services[0].Package; got != `./a"b\$c` {
		t.Errorf("the package is %q", got)
	}
	if got := loads(t, files["several"]).Services; len(got) != 1 || got[0].Name != "web" {
		t.Errorf("the services are %+v", got)
	}
	if got := loads(t, files["examples"]).Services; len(got) != 2 {
		t.Errorf("the services are %+v", got)
	}
}

func TestCandidateNames(t *testing.T) {
	var names []string
	for _, g := range candidates([]rebuild.Main{
		{Package: "example.com/shop", Dir: "."},
		{Package: "example.com/shop/a/web", Dir: "./a/web"},
		{Package: "example.com/shop/b/web", Dir: "./b/web"},
		{Package: "example.com/shop/b/web/v2", Dir: "./b/web/v2"},
		{Package: "example.com/shop/c/b/web", Dir: "./c/b/web"},
		{Package: "example.com/x.io", Dir: "./x"},
		{Package: "Ünder", Dir: "./u"},
	}) {
		names = append(names, g.name)
	}
	want := []string{"shop", "web", "b-web", "web-2", "web-3", "x-io", "nder"}
	if !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}
