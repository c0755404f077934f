package config

import "testing"

const profiled = web + `
[profiles.staging.services.web]
workers = 2
args = ["${STAGING_ONLY}"]
[profiles.prod.services.web]
workers = 3
`

func TestProfile(t *testing.T) {
	tests := []struct {
		name    string
		profile string
		environ []string
		want    string
	}{
		{"none", "", nil, `1 (default)`},
		{"flag", "prod", []string{"SUPERVISOR_PROFILE=staging"}, `3 (supervisor.toml:8 (profile prod))`},
		{"variable", "", []string{"SUPERVISOR_PROFILE=staging", "STAGING_ONLY=x"}, `2 (supervisor.toml:5 (profile staging))`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := mustLoad(t, tomlFile(profiled), Options{Profile: tt.profile, Environ: tt.environ})
			if got := explained(c)["services.web.workers"]; got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestUnknownProfile(t *testing.T) {
	if got, want := complain(t, tomlFile(profiled), Options{Profile: "stagin"}), `--profile: unknown profile "stagin" (known: prod, staging)`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	environ := []string{"SUPERVISOR_PROFILE=x"}
	if got, want := complain(t, tomlFile(web), Options{Environ: environ}), `SUPERVISOR_PROFILE: unknown profile "x" (no file has a profile)`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestChosenProfileNeedsItsVariables(t *testing.T) {
	want := `supervisor.toml:6: profiles.staging.services.web.args[0]: ${STAGING_ONLY} is not set (set it, or write ${STAGING_ONLY:default})`
	if got := complain(t, tomlFile(profiled), Options{Profile: "staging"}); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestOverriddenVariable: a value that a higher layer replaces need not expand.
func TestOverriddenVariable(t *testing.T) {
	mustLoad(t, tomlFile(web+`args = ["${NOPE}"]`), Options{Flags: map[string]any{"services.web.args": []string{"x"}}})
}

// TestProfileOverFiles: a profile of the first file is above a later file.
func TestProfileOverFiles(t *testing.T) {
	files := tomlFile(profiled)
	files["second.toml"] = "[services.web]\nworkers = 9"
	c := mustLoad(t, files, Options{Profile: "prod", Files: []string{"supervisor.toml", "second.toml"}})
	if n := c.Services[0].Workers; n != 3 {
		t.Errorf("got %d workers, want 3", n)
	}
}

// TestShortProfile: what a profile says without naming a service is said of all.
func TestShortProfile(t *testing.T) {
	files := tomlFile(`
[services.web]
package = "."
[services.api]
package = "./api"
[profiles.staging]
args = ["--staging"]
env_files = ["staging.env"]
[profiles.staging.build]
flags = ["-race"]
timeout = "1m"
[profiles.staging.services.api.build]
timeout = "2m"
[profiles.staging.dev]
clear = true
`)
	files["staging.env"] = "FROM=staging\n"
	c := mustLoad(t, files, Options{Profile: "staging"})
	got := explained(c)
	for key, want := range map[string]string{
		"services.web.args":          `["--staging"] (supervisor.toml:7 (profile staging))`,
		"services.api.args":          `["--staging"] (supervisor.toml:7 (profile staging))`,
		"services.web.env.FROM":      `"staging" (staging.env:1)`,
		"services.web.build.flags":   `["-race"] (supervisor.toml:10 (profile staging))`,
		"services.web.build.timeout": `"1m" (supervisor.toml:11 (profile staging))`,
		"services.api.build.timeout": `"2m" (supervisor.toml:13 (profile staging))`,
		"dev.clear":                  `true (supervisor.toml:15 (profile staging))`,
	} {
		if got[key] != want {
			t.Errorf("%s: got %s, want %s", key, got[key], want)
		}
	}
}

func TestBadShortProfile(t *testing.T) {
	files := tomlFile(web + "[profiles.p]\nworkers = \"x\"\nbild = {}\n[profiles.p.build]\nflag = []\n[profiles.q]\nargs = 1\nservices = 1\n")
	want := `supervisor.toml:4: profiles.p.workers: found "x", want a whole number from 1 to 1024
supervisor.toml:5: profiles.p.bild: unknown key (did you mean "build"?)
supervisor.toml:7: profiles.p.build.flag: unknown key (did you mean "flags"?)
supervisor.toml:9: profiles.q.args: found 1, want a list of strings
supervisor.toml:10: profiles.q.services: found 1, want a table`
	if got := complain(t, files, Options{Profile: "p"}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
