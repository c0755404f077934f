package air

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/config"
)

// What Render writes loads to the same services as what it was made of, whatever the
// environment holds.
func TestRoundTrip(t *testing.T) {
	for name, row := range corpus() {
		if row.fault == "" {
			t.Run(name, func(t *testing.T) { sameBothWays(t, read(t, filepath.Join("testdata/corpus", name)), row.sources) })
		}
	}
	for _, text := range []string{
		"[build]\nfull_bin = './x $$ ${HOME} \"a b\" \\'",
		"[build]\ncmd = \"make\\t'ü\"\nbin = 'tmp/x'\nargs_bin = ['$${x}', '\\$']",
		"[build]\nexclude_dir = ['a[1]', '$x', '{y}']\n[[build.rules]]\nname='My rule'\ncmd = 'make ${X}'",
		"[build]\nfull_bin = 'A=1 B=${C} ./tmp/main'\n[proxy]\nenabled = true\nproxy_port = 1\napp_port = 2",
	} {
		t.Run("", func(t *testing.T) { sameBothWays(t, []byte(text), "") })
	}
}

func sameBothWays(t *testing.T, data []byte, sources string) {
	f, err := Parse(".air.toml", data)
	if err != nil {
		t.Fatal(err)
	}
	o := options(t, sources)
	r, err := f.Translate(o)
	if err != nil {
		t.Fatal(err)
	}
	load := func(c config.Options) *config.Config {
		c.Dir, c.Environ = o.Dir, []string{"HOME=/wrong"}
		conf, err := config.Load(c)
		if err != nil {
			t.Fatalf("%v\n%s", err, Render(r))
		}
		if len(conf.Warnings) > 0 {
			t.Errorf("warnings: %v", conf.Warnings)
		}
		return conf
	}
	rendered := filepath.Join(o.Dir, "supervisor.toml")
	if err := os.WriteFile(rendered, Render(r), 0o600); err != nil {
		t.Fatal(err)
	}
	a := load(config.Options{Trees: []config.Tree{{File: ".air.toml", Values: r.Tree, Origins: r.Origins}}})
	b := load(config.Options{Files: []string{"supervisor.toml"}})
	if !reflect.DeepEqual(a.Services, b.Services) || a.Dev != b.Dev {
		t.Errorf("the tree gives\n%+v\nthe file\n%+v\n%s", a.Services, b.Services, Render(r))
	}
	if len(a.Services) != 1 || a.Services[0].Watch.Paths == nil {
		t.Errorf("services: %+v", a.Services)
	}
}
