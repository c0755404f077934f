package config

import (
	"reflect"
	"testing"

	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

func TestRules(t *testing.T) {
	c := mustLoad(t, tomlFile(web+`
[services.web.rules.templ]
command = "templ generate"
include = ["*.templ"]
exclude = ["old/**"]
paths = ["views"]
[services.web.rules.css]
command = "tailwindcss --watch"
persistent = true
`), Options{})
	want := []Rule{
		{Name: "css", Command: "tailwindcss --watch", Persistent: true},
		{Name: "templ", Command: "templ generate", Paths: []string{"views"}, Include: []string{"*.templ"}, Exclude: []string{"old/**"}},
	}
	if got := c.Services[0].Rules; !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	if got, want := explained(c)["services.web.rules.css.persistent"], `true (supervisor.toml:11)`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestBadRule(t *testing.T) {
	want := `supervisor.toml:4: services.web.rules.a.comand: unknown key (did you mean "command"?)
supervisor.toml:5: services.web.rules.a.persistent: found "yes", want true or false
supervisor.toml:6: services.web.rules.b: no command is set (say what to run when its files change)`
	got := complain(t, tomlFile(web+"[services.web.rules.a]\ncomand = \"x\"\npersistent = \"yes\"\n[services.web.rules.b]\npaths = [\".\"]\n"), Options{})
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestDevOptions(t *testing.T) {
	c := mustLoad(t, tomlFile(web+"[dev]\nbrowser = \":8090\"\napp = \"127.0.0.1:8080\"\n"), Options{
		Environ: []string{"SUPERVISOR_DEV__CLEAR=true"},
	})
	want := DevOptions{Browser: listener.Address{Network: "tcp", Addr: ":8090"}, App: "127.0.0.1:8080", Clear: true}
	if c.Dev != want {
		t.Errorf("got %+v, want %+v", c.Dev, want)
	}
	if got, want := explained(c)["dev.clear"], `true (SUPERVISOR_DEV__CLEAR)`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	got := complain(t, tomlFile(web+"[dev]\nbrowser = \"unix:///x\"\n"), Options{})
	if want := `supervisor.toml:4: dev.browser: found "unix:///x", want an address such as ":8090"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestTrees: a translated file is a layer below our own, with places of its own.
func TestTrees(t *testing.T) {
	tree := Tree{
		File: ".air.toml",
		Values: map[string]any{"services": map[string]any{"web": map[string]any{
			"package": "./cmd/${X}", "args": []any{"-v"}, "workers": int64(2),
		}}},
		Origins: map[string]string{"services.web": ".air.toml:3", "services.web.args": ".air.toml:7"},
	}
	files := tomlFile("[services.web]\nworkers = 3\n")
	c := mustLoad(t, files, Options{Trees: []Tree{tree}})
	got := explained(c)
	for key, want := range map[string]string{
		"services.web.package": `"./cmd/${X}" (.air.toml:3)`,
		"services.web.args":    `["-v"] (.air.toml:7)`,
		"services.web.workers": `3 (supervisor.toml:2)`,
	} {
		if got[key] != want {
			t.Errorf("%s: got %s, want %s", key, got[key], want)
		}
	}
	if len(c.Files) != 2 {
		t.Errorf("got files %q, want the tree's, too", c.Files)
	}
	tree.Values["services"].(map[string]any)["web"].(map[string]any)["args"] = "x"
	want := `.air.toml:7: services.web.args: found "x", want a list of strings (write ["x"])`
	if got := complain(t, files, Options{Trees: []Tree{tree}}); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
