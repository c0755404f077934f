package config

import (
	"slices"
	"testing"
)

func TestVariables(t *testing.T) {
	text := "[services.web]\npackage=\".\"\n[services.my-api]\npackage=\".\"\nenv={keep=\"1\"}"
	c := mustLoad(t, tomlFile(text), Options{Environ: []string{
		"SUPERVISOR_SERVICES__WEB__WORKERS=2",
		"SUPERVISOR_services__web__Ready__Timeout=5s",
		"SUPERVISOR_SERVICES__WEB__ARGS=a, b,${WHO}",
		"SUPERVISOR_SERVICES__WEB__WATCH__EXCLUDE=",
		"SUPERVISOR_SERVICES__MY_API__WORKERS=3",
		"SUPERVISOR_SERVICES__MY_API__ENV__Some__NAME=x",
		"SUPERVISOR_SERVICES__NEW__COMMAND=./new",
		"SUPERVISOR_CONTROL=/run/x.sock",
		"SUPERVISORX__Y=1",
		"WHO=me",
	}})
	got := explained(c)
	for key, want := range map[string]string{
		"services.web.workers":           `2 (SUPERVISOR_SERVICES__WEB__WORKERS)`,
		"services.web.ready.timeout":     `"5s" (SUPERVISOR_services__web__Ready__Timeout)`,
		"services.web.args":              `["a", "b", "me"] (SUPERVISOR_SERVICES__WEB__ARGS)`,
		"services.web.watch.exclude":     `[] (SUPERVISOR_SERVICES__WEB__WATCH__EXCLUDE)`,
		"services.my-api.workers":        `3 (SUPERVISOR_SERVICES__MY_API__WORKERS)`,
		"services.my-api.env.Some__NAME": `"x" (SUPERVISOR_SERVICES__MY_API__ENV__Some__NAME)`,
		"services.my-api.env.keep":       `"1" (supervisor.toml:5)`,
		"services.new.command":           `["./new"] (SUPERVISOR_SERVICES__NEW__COMMAND)`,
	} {
		if got[key] != want {
			t.Errorf("%s: got %s, want %s", key, got[key], want)
		}
	}
}

func TestBadVariables(t *testing.T) {
	tests := []struct{ variable, want string }{
		{"SUPERVISOR_SERVICES__WEB__WOKERS=2", `SUPERVISOR_SERVICES__WEB__WOKERS: services.web.wokers: unknown key (did you mean "workers"?)`},
		{"SUPERVISOR_SERVICE__WEB__WORKERS=2", `SUPERVISOR_SERVICE__WEB__WORKERS: service: unknown key (did you mean "services"?)`},
		{"SUPERVISOR_PROFILES__P__X=2", `SUPERVISOR_PROFILES__P__X: profiles: can only stand at the top of a file`},
		{"SUPERVISOR_SERVICES__WEB=2", `SUPERVISOR_SERVICES__WEB: services.web: found a value, want a key below it`},
		{"SUPERVISOR_SERVICES__WEB__WORKERS__X=2", `SUPERVISOR_SERVICES__WEB__WORKERS__X: services.web.workers.X: unknown key (services.web.workers takes a whole number from 1 to 1024)`},
		{"SUPERVISOR_SERVICES__WEB__ENV=A", `SUPERVISOR_SERVICES__WEB__ENV: services.web.env: found "A", want a table of strings`},
		{"SUPERVISOR_SERVICES__WEB__WORKERS=two", `SUPERVISOR_SERVICES__WEB__WORKERS: services.web.workers: found "two", want a whole number from 1 to 1024`},
		{"SUPERVISOR_SERVICES__WEB__ARGS=a,${NOPE}", `SUPERVISOR_SERVICES__WEB__ARGS: services.web.args[1]: ${NOPE} is not set (set it, or write ${NOPE:default})`},
		{"SUPERVISOR_SERVICES____WORKERS=2", `SUPERVISOR_SERVICES____WORKERS: services."": empty service name`},
		{"SUPERVISOR_SERVICES__WBE__WORKERS=2", `SUPERVISOR_SERVICES__WBE__WORKERS: services.wbe: neither package nor command is set (did you mean service "web"?)`},
	}
	for _, tt := range tests {
		t.Run(tt.variable, func(t *testing.T) {
			if got := complain(t, tomlFile(web), Options{Environ: []string{tt.variable}}); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestBadFlags(t *testing.T) {
	tests := []struct {
		key   string
		value any
		want  string
	}{
		{"services.web.listn", "x", `--flag: services.web.listn: unknown key (did you mean "listen"?)`},
		{"services.web.workers", 0, `--flag: services.web.workers: found 0, want a whole number from 1 to 1024`},
		{"services.web.drain.timeout", "x", `--flag: services.web.drain.timeout: found "x", want a duration such as "30s"`},
		{"services.Web.workers", 2, `--flag: services.Web: bad service name (use a-z, 0-9, "_" and "-", first a letter or digit)`},
	}
	for _, tt := range tests {
		t.Run(tt.key, func(t *testing.T) {
			o := Options{Flags: map[string]any{tt.key: tt.value}, FlagNames: map[string]string{tt.key: "--flag"}}
			if got := complain(t, tomlFile(web), o); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestLastOfTwoVariables: as in exec, the last counts.
func TestLastOfTwoVariables(t *testing.T) {
	c := mustLoad(t, tomlFile(web+`args=["${A}"]`), Options{Environ: []string{"A=1", "A=2"}})
	if got := c.Services[0].Args; !slices.Equal(got, []string{"2"}) {
		t.Errorf("got %q", got)
	}
}
