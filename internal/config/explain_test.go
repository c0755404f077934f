package config

import (
	"slices"
	"testing"
)

func TestExplain(t *testing.T) {
	files := tomlFile("[services.zeta]\ncommand = [\"a\\\"b\"]\nenv = {\"a.b\"=\"1\"}\n[services.alpha]\npackage = \".\"\n")
	c := mustLoad(t, files, Options{
		Flags:     map[string]any{"services.zeta.listen": []string{":1"}, "services.zeta.workers": 2},
		FlagNames: map[string]string{"services.zeta.listen": "--listen"},
	})
	var got []string
	for _, s := range c.Explain() {
		if s.Origin != "default" {
			got = append(got, s.Key+" = "+s.Value+" # "+s.Origin)
		}
	}
	want := []string{
		`services.zeta.listen = [":1"] # --listen`,
		`services.zeta.command = ["a\"b"] # supervisor.toml:2`,
		`services.zeta.env."a.b" = "1" # supervisor.toml:3`,
		`services.zeta.workers = 2 # flag`,
		`services.alpha.package = "." # supervisor.toml:5`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	if s := c.Explain()[4]; s != (Setting{"services.zeta.workers", "2", "flag"}) {
		t.Errorf("got %+v: keys must be in the order of Keys", s)
	}
	if got, want := explained(c)["services.alpha.ready.timeout"], `"60s" (default)`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestWarnings(t *testing.T) {
	c := mustLoad(t, tomlFile(web+`
[services.web.build]
output = "x"
[services.web.ready]
by = "notify"
after = "1s"
http = "/"
tcp = "localhost:1"
exec = ["x"]
[services.cmd]
command = ["x"]
ready.after = "2s"
build.flags = ["-race"]
`), Options{})
	want := []string{
		`supervisor.toml:5: services.web.build.output has no effect: build.command is not set`,
		`supervisor.toml:8: services.web.ready.after has no effect: ready.by is "notify"`,
		`supervisor.toml:9: services.web.ready.http has no effect: ready.by is "notify"`,
		`supervisor.toml:10: services.web.ready.tcp has no effect: ready.by is "notify"`,
		`supervisor.toml:11: services.web.ready.exec has no effect: ready.by is "notify"`,
		`supervisor.toml:15: services.cmd.build.flags has no effect: there is no Go build`,
	}
	if !slices.Equal(c.Warnings, want) {
		t.Errorf("got\n%q\nwant\n%q", c.Warnings, want)
	}
}
