package config

import (
	"path/filepath"
	"reflect"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// everything sets each key to something that is no default.
const everythingTOML = `
[services.web]
listen  = ["http=tcp://:8080", "unix:///run/web.sock?mode=0600"]
package = "./cmd/web"
args = ["-v", "$$HOME ${WHO:nobody}"]
dir = "sub"
env = { APP_ENV = "dev", "a.b" = "dotted" }
env_files = [".env"]
user = "nobody"
group = "daemon"
umask = "0027"
no_new_privs = false
capabilities = ["net_bind_service", "CAP_KILL"]
workers = 2
logs = "inherit"
stdin = true
once = true
shell = ["bash", "-euc"]

[dev]
browser = ":8090"
app = "127.0.0.1:8080"
clear = true

[services.web.assets]
entry = ["app.ts"]
output_dir = "public"
minify = true
sourcemap = true

[services.web.rules.css]
command = "templ generate"
paths = ["views"]
include = ["*.templ"]
exclude = ["old/**"]
persistent = true

[services.web.build]
flags = ["-race"]
debug = true
before = ["make gen"]
after = ["make check"]
timeout = "5m"
keep = 7

[services.web.verify]
sha256 = ["5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"]

[services.web.watch]
paths = ["."]
include = ["*.go"]
exclude = ["**/testdata/**"]
poll = "500ms"

[services.web.handoff]
rolling = true
hold = "7s"
proxy = true
by = "systemd"
canary = { share = 20, for = "5m", check = ["./errors", "--max", "3"] }

[services.web.ready]
by = "http"
timeout = "10s"
after = "2s"
confirm = "3s"
check = "exec"
preflight = ["./server", "--check-config"]
watchdog = "4s"
http = "/healthz"
tcp = "127.0.0.1:9000"
exec = ["./ready"]

[services.web.limits]
nofile = "1024:64K"
nproc = 100
core = "unlimited"
memlock = "8M"
stack = "16M:unlimited"
as = "1T"
data = "2G"
fsize = 4096
nice = -5
io = "best-effort:7"
oom = -500
memory = "512M"
cpu = "150%"

[services.web.drain]
max = 3
signal = "SIGINT"
timeout = "0s"
`

const everythingYAML = `
dev: {browser: ":8090", app: "127.0.0.1:8080", clear: true}
services:
  web:
    listen: ["http=tcp://:8080", "unix:///run/web.sock?mode=0600"]
    package: ./cmd/web
    args:
      - -v
      - $$HOME ${WHO:nobody}
    dir: sub
    env: {APP_ENV: dev, a.b: dotted}
    env_files: [.env]
    user: nobody
    group: daemon
    umask: "0027"
    no_new_privs: false
    capabilities: [net_bind_service, CAP_KILL]
    limits: {nofile: "1024:64K", nproc: 100, core: unlimited, memlock: 8M, stack: "16M:unlimited", as: 1T, data: 2G, fsize: 4096, nice: -5, io: "best-effort:7", oom: -500, memory: 512M, cpu: 150%}
    workers: 2
    logs: inherit
    stdin: true
    once: true
    shell: [bash, -euc]
    assets: {entry: [app.ts], output_dir: public, minify: true, sourcemap: true}
    rules: {css: {command: templ generate, paths: [views], include: ["*.templ"], exclude: ["old/**"], persistent: true}}
    build: {flags: [-race], debug: true, before: [make gen], after: [make check], timeout: 5m, keep: 7}
    verify: {sha256: [5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03]}
    watch: {paths: [.], include: ["*.go"], exclude: ["**/testdata/**"], poll: 500ms}
    handoff: {by: systemd, rolling: true, hold: 7s, proxy: true, canary: {share: 20, for: 5m, check: [./errors, --max, "3"]}}
    ready: {by: http, timeout: 10s, after: 2s, confirm: 3s, check: exec, preflight: [./server, --check-config], watchdog: 4s, http: /healthz, tcp: "127.0.0.1:9000", exec: [./ready]}
    drain: {signal: SIGINT, timeout: 0s, max: 3}
`

const everythingJSON = `{"dev": {"browser": ":8090", "app": "127.0.0.1:8080", "clear": true}, "services": {"web": {
  "stdin": true,
  "once": true,
  "shell": ["bash", "-euc"],
  "assets": {"entry": ["app.ts"], "output_dir": "public", "minify": true, "sourcemap": true},
  "rules": {"css": {"command": "templ generate", "paths": ["views"], "include": ["*.templ"], "exclude": ["old/**"], "persistent": true}},
  "listen": ["http=tcp://:8080", "unix:///run/web.sock?mode=0600"],
  "package": "./cmd/web",
  "args": ["-v", "$$HOME ${WHO:nobody}"],
  "dir": "sub",
  "env": {"APP_ENV": "dev", "a.b": "dotted"},
  "env_files": [".env"],
  "user": "nobody",
  "group": "daemon",
  "umask": "0027",
  "no_new_privs": false,
  "capabilities": ["net_bind_service", "CAP_KILL"],
  "limits": {"nofile": "1024:64K", "nproc": 100, "core": "unlimited", "memlock": "8M", "stack": "16M:unlimited", "as": "1T", "data": "2G", "fsize": 4096, "nice": -5, "io": "best-effort:7", "oom": -500, "memory": "512M", "cpu": "150%"},
  "workers": 2,
  "logs": "inherit",
  "build": {"flags": ["-race"], "debug": true, "before": ["make gen"], "after": ["make check"], "timeout": "5m", "keep": 7},
  "verify": {"sha256": ["5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"]},
  "watch": {"paths": ["."], "include": ["*.go"], "exclude": ["**/testdata/**"], "poll": "500ms"},
  "handoff": {"by": "systemd", "rolling": true, "hold": "7s", "proxy": true, "canary": {"share": 20, "for": "5m", "check": ["./errors", "--max", "3"]}},
  "ready": {"by": "http", "timeout": "10s", "after": "2s", "confirm": "3s", "check": "exec", "preflight": ["./server", "--check-config"], "watchdog": "4s", "http": "/healthz", "tcp": "127.0.0.1:9000", "exec": ["./ready"]},
  "drain": {"signal": "SIGINT", "timeout": "0s", "max": 3}
}}}`

func everything(dir string) Service {
	return Service{
		Name: "web",
		Listen: []listener.Address{
			{Name: "http", Network: "tcp", Addr: ":8080"},
			{Name: "socket1", Network: "unix", Addr: "/run/web.sock", Mode: 0o600},
		},
		Package: "./cmd/web",
		Args:    []string{"-v", "$HOME nobody"},
		Dir:     filepath.Join(dir, "sub"),
		Env:     []string{"APP_ENV=dev", "DB=x", "a.b=dotted"},
		Privileges: Privileges{
			Account: nobody(), Umask: new(0o027), Capabilities: []string{"kill", "net_bind_service"},
		},
		Limits: Limits{
			Resources: []proc.Resource{
				{Name: "nofile", Soft: 1024, Hard: 64 << 10},
				{Name: "nproc", Soft: 100, Hard: 100},
				{Name: "core", Soft: proc.Unlimited, Hard: proc.Unlimited},
				{Name: "memlock", Soft: 8 << 20, Hard: 8 << 20},
				{Name: "stack", Soft: 16 << 20, Hard: proc.Unlimited},
				{Name: "as", Soft: 1 << 40, Hard: 1 << 40},
				{Name: "data", Soft: 2 << 30, Hard: 2 << 30},
				{Name: "fsize", Soft: 4096, Hard: 4096},
			},
			Nice: new(-5), OOM: new(-500), IO: &proc.IO{Class: proc.BestEffort, Level: 7},
			Memory: 512 << 20, CPU: 150,
		},
		Workers: 2,
		Logs:    LogsInherit,
		Stdin:   true,
		Once:    true,
		Shell:   []string{"bash", "-euc"},
		Assets:  Assets{Entry: []string{"app.ts"}, OutputDir: "public", Minify: true, Sourcemap: true},
		Rules: []Rule{{
			Name: "css", Command: "templ generate", Paths: []string{"views"},
			Include: []string{"*.templ"}, Exclude: []string{"old/**"}, Persistent: true,
		}},
		Build:  Build{Debug: true, Flags: []string{"-race"}, Before: []string{"make gen"}, After: []string{"make check"}, Timeout: 5 * time.Minute, Keep: 7},
		Verify: Verify{SHA256: []string{"5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"}},
		Watch: Watch{
			Paths: []string{"."}, Include: []string{"*.go"}, Exclude: []string{"**/testdata/**"},
			Poll: Poll{Every: 500 * time.Millisecond},
		},
		Handoff: Handoff{By: HandoffSystemd, Rolling: true, Hold: 7 * time.Second, Proxy: true,
			Canary: Canary{Share: 20, For: 5 * time.Minute, Check: []string{"./errors", "--max", "3"}}},
		Ready: Ready{
			By: ReadyHTTP, Timeout: 10 * time.Second, After: 2 * time.Second, Confirm: 3 * time.Second,
			HTTP: "/healthz", TCP: "127.0.0.1:9000", Exec: []string{"./ready"}, Watchdog: 4 * time.Second,
			Check: CheckExec, Preflight: []string{"./server", "--check-config"},
		},
		Drain: Drain{Signal: syscall.SIGINT, Max: 3},
	}
}

func TestFormats(t *testing.T) {
	for file, text := range map[string]string{
		"supervisor.toml": everythingTOML, "x.yaml": everythingYAML, "x.YML": everythingYAML, "x.json": everythingJSON,
		"no-extension": everythingTOML, "x.conf": everythingTOML, "bom.toml": "\ufeff" + everythingTOML,
	} {
		t.Run(file, func(t *testing.T) {
			o := in(t, map[string]string{file: text, ".env": "DB=x\nAPP_ENV=prod\n", "sub/x": ""}, Options{Files: []string{file}})
			c, err := Load(o)
			if err != nil {
				t.Fatal(err)
			}
			if want := []Service{everything(o.Dir)}; !reflect.DeepEqual(c.Services, want) {
				t.Errorf("got\n%+v\nwant\n%+v", c.Services, want)
			}
			files := []string{filepath.Join(o.Dir, file), filepath.Join(o.Dir, ".env")}
			slices.Sort(files)
			if !slices.Equal(c.Files, files) {
				t.Errorf("got files %q, want %q", c.Files, files)
			}
		})
	}
}

func TestDefaults(t *testing.T) {
	for mode, logs := range map[Mode]Logs{"": LogsPrefix, Dev: LogsPrefix, Run: LogsInherit} {
		o := in(t, tomlFile(web), Options{Mode: mode})
		c, err := Load(o)
		if err != nil {
			t.Fatal(err)
		}
		keep := 10
		if mode == Run {
			keep = 3
		}
		want := Service{
			Name: "web", Package: ".", Dir: o.Dir, Workers: 1, Logs: logs,
			Build:   Build{Timeout: 10 * time.Minute, Debug: mode == Run, Keep: keep},
			Assets:  Assets{OutputDir: "dist"},
			Handoff: Handoff{By: HandoffAuto, Hold: 30 * time.Second, Canary: Canary{For: 30 * time.Second}},
			Ready:   Ready{By: ReadyAuto, Timeout: time.Minute, After: time.Second, HTTP: "/", Check: CheckNone},
			Drain:   Drain{Signal: syscall.SIGTERM, Timeout: 30 * time.Second},
		}
		if !reflect.DeepEqual(c.Services, []Service{want}) {
			t.Errorf("mode %q: got\n%+v\nwant\n%+v", mode, c.Services, want)
		}
	}
}

func TestLayers(t *testing.T) {
	// Each source sets the key of its own name and all above it, so that
	// every key must end with the source it is named for.
	files := map[string]string{
		"base/supervisor.toml":        "[services.web]\npackage=\".\"\nenv={base=\"1\",second=\"1\",a=\"1\",b=\"1\",profile=\"1\",variable=\"1\",flag=\"1\"}\nargs=[\"1\", \"2\"]\n[profiles.p.services.web.env]\nprofile=\"5\"\nvariable=\"5\"\nflag=\"5\"\n",
		"second.yaml":                 "services: {web: {env: {second: '2', a: '2', b: '2', profile: '2', variable: '2', flag: '2'}, args: ['3']}}",
		"base/supervisor.d/a.json":    `{"services": {"web": {"env": {"a": "3", "b": "3", "profile": "3", "variable": "3", "flag": "3"}}}}`,
		"base/supervisor.d/b.toml":    "services.web.env={b=\"4\",profile=\"4\",variable=\"4\",flag=\"4\"}",
		"base/supervisor.d/c.toml~":   "not read",
		"base/supervisor.d/.d.toml":   "not read",
		"base/supervisor.d/e.toml/no": "not read",
		"supervisor.d/f.toml":         "not read",
	}
	c := mustLoad(t, files, Options{
		Files:   []string{"base/supervisor.toml", "second.yaml"},
		Profile: "p",
		Environ: []string{"SUPERVISOR_SERVICES__WEB__ENV__variable=6", "SUPERVISOR_SERVICES__WEB__ENV__flag=6"},
		Flags:   map[string]any{"services.web.env": map[string]string{"flag": "7"}},
	})
	want := []string{"a=3", "b=4", "base=1", "flag=7", "profile=5", "second=2", "variable=6"}
	if got := c.Services[0].Env; !slices.Equal(got, want) {
		t.Errorf("got env %q, want %q", got, want)
	}
	if got := c.Services[0].Args; !slices.Equal(got, []string{"3"}) {
		t.Errorf("got args %q: lists must replace", got)
	}
	if len(c.Files) != 4 {
		t.Errorf("got files %q, want 4", c.Files)
	}
}

func TestServiceOrder(t *testing.T) {
	files := map[string]string{
		"supervisor.toml":       "[services.zeta]\npackage=\".\"\nlisten=[\":1\"]\n[services.alpha.build]\nflags=[]\n[services.mid]\npackage=\".\"\nlisten=[\":2\", \"x=:3\", \":4\"]\n[services.alpha]\npackage=\".\"\n[profiles.p.services.last]\npackage=\".\"\n",
		"supervisor.d/aaa.toml": "[services.aaa]\npackage=\".\"\nlisten=[\":5\"]",
	}
	c := mustLoad(t, files, Options{Profile: "p"})
	var names, sockets []string
	for _, s := range c.Services {
		names = append(names, s.Name)
		for _, a := range s.Listen {
			sockets = append(sockets, a.Name)
		}
	}
	if want := []string{"zeta", "alpha", "mid", "last", "aaa"}; !slices.Equal(names, want) {
		t.Errorf("got services %q, want %q", names, want)
	}
	if want := []string{"socket0", "socket1", "x", "socket3", "socket4"}; !slices.Equal(sockets, want) {
		t.Errorf("got sockets %q, want %q", sockets, want)
	}
}

func TestRelativePaths(t *testing.T) {
	o := in(t, map[string]string{"conf/supervisor.toml": web, "other/second.toml": "[services.web]\ndir=\"sub\"\nenv_files=[\"e\"]", "conf/sub/x": "", "conf/e": "A=1"},
		Options{Files: []string{"conf/supervisor.toml", "other/second.toml"}})
	c, err := Load(o)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.Services[0].Dir, filepath.Join(o.Dir, "conf/sub"); got != want {
		t.Errorf("got dir %s, want %s", got, want)
	}
}

func TestFlagsAlone(t *testing.T) {
	o := in(t, nil, Options{Flags: map[string]any{
		"services.server.listen":  []string{":8080"},
		"services.server.command": []string{"./server", "$HOME ${X} $$"},
		"services.server.workers": 3,
	}})
	c, err := Load(o)
	if err != nil {
		t.Fatal(err)
	}
	s := c.Services[0]
	if s.Name != "server" || s.Dir != o.Dir || s.Workers != 3 || len(s.Listen) != 1 {
		t.Errorf("got %+v", s)
	}
	if want := "$HOME ${X} $$"; s.Command[1] != want {
		t.Errorf("got %q, want %q as the shell left it", s.Command[1], want)
	}
}

// TestFlagTakesAway: "run -c FILE -- COMMAND" runs the command.
func TestFlagTakesAway(t *testing.T) {
	c := mustLoad(t, tomlFile(web), Options{Flags: map[string]any{"services.web.package": "", "services.web.command": []string{"x"}}})
	if s := c.Services[0]; s.Package != "" || s.Command[0] != "x" {
		t.Errorf("got %+v", s)
	}
}

func TestBuildAlone(t *testing.T) {
	mustLoad(t, tomlFile("services.web.build={command=\"make\",output=\"bin/web\"}"), Options{})
}

func TestLogFile(t *testing.T) {
	for logs, want := range map[Logs]string{
		"file:web.log": "/srv/web.log", "file:/var/log/web.log": "/var/log/web.log", "file:../log/x": "/log/x", LogsJSON: "", LogsInherit: "",
	} {
		if got := (Service{Dir: "/srv", Logs: logs}).LogFile(); got != want {
			t.Errorf("%s: %q, want %q", logs, got, want)
		}
	}
}
