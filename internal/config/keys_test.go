package config

import (
	"strings"
	"testing"
)

func TestKeys(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Keys() {
		if seen[k.Name] {
			t.Errorf("%s: there twice", k.Name)
		}
		seen[k.Name] = true
		if k.Help == "" || k.Type == "" || strings.ContainsAny(k.Help, "\n|") {
			t.Errorf("%s: the table needs a type and a line of help", k.Name)
		}
		for _, mode := range []Mode{Dev, Run} {
			v := k.value(mode)
			if v == nil {
				continue
			}
			if _, faults := k.decode(v); faults != nil {
				t.Errorf("%s: default %v: %s", k.Name, v, faults[0].problem)
			}
		}
	}
}

// TestEachKeyCounts: every key is set by the config that sets everything, but
// those that exclude others.
func TestEachKeyCounts(t *testing.T) {
	c := mustLoad(t, map[string]string{"supervisor.toml": everythingTOML, ".env": "", "sub/x": ""}, Options{})
	set := explained(c)
	for _, k := range Keys() {
		name := strings.NewReplacer("services.NAME", "services.web", "rules.NAME", "rules.css").Replace(k.Name)
		if name == "services.web.env" {
			name += ".APP_ENV"
		}
		excluded := name == "services.web.command" || name == "services.web.build.command" || name == "services.web.build.output" ||
			name == "services.web.verify.minisign"
		if got := set[name]; strings.Contains(got, "supervisor.toml:") == excluded {
			t.Errorf("%s: got %q", name, got)
		}
	}
}
