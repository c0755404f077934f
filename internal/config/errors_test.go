package config

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

// web is a service without a fault; what follows it is in its table.
const web = "[services.web]\npackage = \".\"\n"

func TestMessages(t *testing.T) {
	tests := []struct {
		name, toml string
		want       string
	}{
		{"unknown root key", "[service.web]", `supervisor.toml:1: service: unknown key (did you mean "services"?)`},
		{"unknown profiles", web + "[profile.x]", `supervisor.toml:3: profile: unknown key (did you mean "profiles"?)`},
		{"profiles in a profile", web + "[profiles.p.profiles.q]", `supervisor.toml:3: profiles.p.profiles: can only stand at the top of a file`},
		{"unknown key", web + `comand = ["x"]`, `supervisor.toml:3: services.web.comand: unknown key (did you mean "command"?)`},
		{"unknown key, none near", web + `zzz = 1`, `supervisor.toml:3: services.web.zzz: unknown key (known: args, assets, build, capabilities, command, dir, drain, env, env_files, group, handoff, limits, listen, logs, no_new_privs, once, package, ready, rules, shell, stdin, umask, user, verify, watch, workers)`},
		{"unknown key below", web + "drain.singal = \"INT\"", `supervisor.toml:3: services.web.drain.singal: unknown key (did you mean "signal"?)`},
		{"unknown key with a dot", web + `"a.b" = 1`, `supervisor.toml:3: services.web."a.b": unknown key (known: args, assets, build, capabilities, command, dir, drain, env, env_files, group, handoff, limits, listen, logs, no_new_privs, once, package, ready, rules, shell, stdin, umask, user, verify, watch, workers)`},
		{"a dot in a key is no level", web + "\"ready.by\" = 1\nready.by = 2", `supervisor.toml:3: services.web."ready.by": unknown key (did you mean "ready"?)
supervisor.toml:4: services.web.ready.by: found 2, want one of "auto", "notify", "http", "tcp", "exec", "alive"`},
		{"scalar for table", "services = 1", `supervisor.toml:1: services: found 1, want a table`},
		{"scalar for service", "[services]\nweb = true", `supervisor.toml:2: services.web: found true, want a table`},
		{"list for service", "[[services.web]]\npackage = \".\"", `supervisor.toml:1: services.web: found a list, want a table`},
		{"scalar for inner table", web + "build = \"make\"", `supervisor.toml:3: services.web.build: found "make", want a table`},

		{"number for string", web + "dir = 1", `supervisor.toml:3: services.web.dir: found 1, want a string (write "1")`},
		{"date for string", web + "dir = 2024-01-02", `supervisor.toml:3: services.web.dir: found a date, want a string`},
		{"list for string", web + "dir = [\".\"]", `supervisor.toml:3: services.web.dir: found a list, want a string`},
		{"zero byte", web + `dir = "a\u0000b"`, `supervisor.toml:3: services.web.dir: found "a\x00b", want no zero byte`},
		{"string for list", web + `args = "x y"`, `supervisor.toml:3: services.web.args: found "x y", want a list of strings (write ["x y"])`},
		{"number in list", web + "args = [\n  \"a\",\n  3,\n]", `supervisor.toml:5: services.web.args[1]: found 3, want a string (write "3")`},
		{"string for env", web + `env = "A=1"`, `supervisor.toml:3: services.web.env: found "A=1", want a table of strings`},
		{"number in env", web + `env = { PORT = 8080 }`, `supervisor.toml:3: services.web.env.PORT: found 8080, want a string (write "8080")`},
		{"bad env name", web + `env = { "A=B" = "x" }`, `supervisor.toml:3: services.web.env."A=B": "A=B" is no name for a variable`},
		{"table for list", web + "[services.web.args]\na = 1", `supervisor.toml:3: services.web.args: found a table, want a list of strings`},

		{"workers, word", web + `workers = "two"`, `supervisor.toml:3: services.web.workers: found "two", want a whole number from 1 to 1024`},
		{"workers, few", web + `workers = 0`, `supervisor.toml:3: services.web.workers: found 0, want a whole number from 1 to 1024`},
		{"workers, many", web + `workers = 1025`, `supervisor.toml:3: services.web.workers: found 1025, want a whole number from 1 to 1024`},
		{"workers, beyond 32 bits", web + `workers = 4294967297`, `supervisor.toml:3: services.web.workers: found 4294967297, want a whole number from 1 to 1024`},
		{"workers, part", web + `workers = 1.5`, `supervisor.toml:3: services.web.workers: found 1.5, want a whole number from 1 to 1024`},

		{"choice", web + "[services.web.handoff]\nby = \"fork\"", `supervisor.toml:4: services.web.handoff.by: found "fork", want one of ` + quoted(handoffs())},
		{"logs", web + `logs = "jsn"`, `supervisor.toml:3: services.web.logs: found "jsn", want "inherit", "prefix", "json" or a file such as "file:/var/log/web.log" (did you mean "json"?)`},
		{"logs to a path", web + `logs = "/var/log/web.log"`, `supervisor.toml:3: services.web.logs: found "/var/log/web.log", want "inherit", "prefix", "json" or a file such as "file:/var/log/web.log" (write "file:/var/log/web.log")`},
		{"logs to no file", web + `logs = "file:"`, `supervisor.toml:3: services.web.logs: found "file:", want "inherit", "prefix", "json" or a file such as "file:/var/log/web.log"`},
		{"logs to a directory", web + `logs = "file:/var/log/"`, `supervisor.toml:3: services.web.logs: found "file:/var/log/", want "inherit", "prefix", "json" or a file such as "file:/var/log/web.log"`},
		{"choice, slip", web + `ready.by = "notfy"`, `supervisor.toml:3: services.web.ready.by: found "notfy", want one of "auto", "notify", "http", "tcp", "exec", "alive" (did you mean "notify"?)`},
		{"relay without listen", web + `handoff.by = "relay"`, `supervisor.toml:3: services.web.handoff.by: connections are passed on from sockets that the supervisor holds ("relay"), and listen is not set (add the public address to listen, such as ["http=tcp://:8080"])`},
		{"relay and datagrams", web + "handoff.by = \"relay\"\nlisten = [\":1\", \"udp://:1\"]", `supervisor.toml:4: services.web.listen[1]: udp://:1 cannot be relayed: only connections of tcp and unix sockets can (let the service open it for itself, or take it over by another handoff.by)`},
		{"relay and variables", web + "handoff.by = \"relay\"\nlisten = [\":1\", \"a-b=:2\", \"a_b=:3\"]", `supervisor.toml:4: services.web.listen[2]: sockets "a-b" and "a_b" would both be $PORT_A_B (rename one of them)`},
		{"relay and descriptors", web + "handoff.by = \"relay\"\nlisten = [\"http=:1\"]\nargs = ['{{fd \"http\"}}']", `supervisor.toml:5: services.web.args: {{fd "http"}} asks for a descriptor, and a service that is relayed to has ports (write {{port "http"}})`},
		{"port of no socket", web + "listen = [\"http=:1\"]\nargs = ['{{port}}', '{{port \"x\"}}']", `supervisor.toml:4: services.web.args: {{port "x"}} is none of the sockets of listen (known: http)`},
		{"port without relay", web + "handoff.by = \"nginx\"\nargs = ['{{port}}']", `supervisor.toml:4: services.web.args: {{port}} is for a service that is relayed to, and handoff.by is "nginx" (set handoff.by = "relay")`},
		{"adopt and listen", web + "handoff.by = \"adopt\"\nlisten = [\":1\"]", `supervisor.toml:3: services.web.handoff.by: "adopt" is for a service that opens its sockets for itself, and listen is set (remove one of them)`},
		{"adopt and a probe", web + "handoff.by = \"adopt\"\nready = {by = \"tcp\", tcp = \"localhost:1\"}", `supervisor.toml:3: services.web.handoff.by: "adopt" keeps clients from a version that is not ready, and so the probe of ready.by "tcp" (leave ready.by out, or use "notify", "exec" or "alive")`},
		{"rolling and restart", web + "handoff = {by = \"restart\", rolling = true}", `supervisor.toml:3: services.web.handoff.rolling: two versions would run at once, and handoff.by is "restart" (remove one of them)`},
		{"rolling and adopt", web + "handoff = {by = \"adopt\", rolling = true}", `supervisor.toml:3: services.web.handoff.rolling: adopted sockets are handed over all at once, and handoff.by is "adopt" (remove one of them, or let the supervisor hold the sockets (listen))`},
		{"canary and restart", web + "handoff = {by = \"restart\", canary = {share = 10}}", `supervisor.toml:3: services.web.handoff.canary.share: two versions would run at once, and handoff.by is "restart" (remove one of them)`},
		{"canary of more than half", web + "handoff.canary.share = 51", `supervisor.toml:3: services.web.handoff.canary.share: found 51, want a whole number from 1 to 50`},
		{"canary without a share", web + "handoff.canary.check = [\"./errors\"]", `supervisor.toml:3: services.web.handoff.canary.check: handoff.canary.share is not set (say how many percent of new connections a new version gets first)`},
		{"canary without a program", web + "handoff.canary = {share = 5, check = [\"\"]}", `supervisor.toml:3: services.web.handoff.canary.check: the name of the program is empty`},
		{"canary of no time", web + "handoff.canary = {share = 5, for = \"0s\"}", `supervisor.toml:3: services.web.handoff.canary.for: found "0s", want a duration above 0 such as "30s"`},
		{"canary, adopted, asked by http", web + "handoff.canary.share = 5\nready = {check = \"http\", http = \"http://localhost:1/\"}", `supervisor.toml:4: services.web.ready.check: "http" needs ready.confirm: during a canary who asks may meet the old version (set it, or use "exec")`},
		{"drains, negative", web + `drain.max = -1`, `supervisor.toml:3: services.web.drain.max: found -1, want a whole number from 0 to 1024`},
		{"drains, word", web + `drain.max = "few"`, `supervisor.toml:3: services.web.drain.max: found "few", want a whole number from 0 to 1024`},
		{"duration", web + `ready.timeout = "5x"`, `supervisor.toml:3: services.web.ready.timeout: found "5x", want a duration above 0 such as "30s"`},
		{"duration without unit", web + `drain.timeout = 30`, `supervisor.toml:3: services.web.drain.timeout: found 30, want a duration such as "30s"`},
		{"duration, zero", web + `ready.timeout = "0s"`, `supervisor.toml:3: services.web.ready.timeout: found "0s", want a duration above 0 such as "30s"`},
		{"duration, negative", web + `ready.after = "-1s"`, `supervisor.toml:3: services.web.ready.after: found "-1s", want a duration such as "30s"`},
		{"poll", web + `watch.poll = "often"`, `supervisor.toml:3: services.web.watch.poll: found "often", want "auto", "never" or a duration such as "500ms"`},
		{"poll, zero", web + `watch.poll = "0s"`, `supervisor.toml:3: services.web.watch.poll: found "0s", want "auto", "never" or a duration such as "500ms"`},
		{"http", web + `ready.http = "healthz"`, `supervisor.toml:3: services.web.ready.http: found "healthz", want a URL or a path such as "/healthz"`},
		{"http, scheme", web + `ready.http = "ftp://localhost/"`, `supervisor.toml:3: services.web.ready.http: found "ftp://localhost/", want a URL or a path such as "/healthz"`},
		{"http, no host", web + `ready.http = "http:///x"`, `supervisor.toml:3: services.web.ready.http: found "http:///x", want a URL or a path such as "/healthz"`},
		{"tcp", web + `ready.tcp = "localhost"`, `supervisor.toml:3: services.web.ready.tcp: found "localhost", want an address such as "127.0.0.1:8080"`},
		{"tcp, port", web + `ready.tcp = "localhost:65536"`, `supervisor.toml:3: services.web.ready.tcp: found "localhost:65536", want an address such as "127.0.0.1:8080"`},

		{"unset variable", web + `args = ["a", "${NOPE}"]`, `supervisor.toml:3: services.web.args[1]: ${NOPE} is not set (set it, or write ${NOPE:default})`},
		{"unset variable in a line of its own", web + "args = [\n\"a\",\n\"${NOPE}\"]", `supervisor.toml:5: services.web.args[1]: ${NOPE} is not set (set it, or write ${NOPE:default})`},
		{"open brace", web + `dir = "${HOME"`, `supervisor.toml:3: services.web.dir: ${ is never closed (write $$ for a dollar)`},

		{"name, empty", "[services.\"\"]\npackage = \".\"", `supervisor.toml:1: services."": empty service name`},
		{"name, upper case", "[services.Web]\npackage = \".\"", `supervisor.toml:1: services.Web: bad service name (use a-z, 0-9, "_" and "-", first a letter or digit)`},
		{"name, dash first", "[services.-web]\npackage = \".\"", `supervisor.toml:1: services.-web: bad service name (use a-z, 0-9, "_" and "-", first a letter or digit)`},
		{"name, long", "[services." + strings.Repeat("a", 65) + "]", `supervisor.toml:1: services.` + strings.Repeat("a", 65) + `: service name of 65 bytes, want at most 64`},

		{"package and command", web + `command = ["x"]`, `supervisor.toml:3: services.web.command: set together with package (keep one of them)`},
		{"nothing to run", "[services.web]\nworkers = 2", `supervisor.toml:1: services.web: neither package nor command is set (set one of them, or build.command and build.output)`},
		{"no program", "[services.web]\ncommand = [\"\"]", `supervisor.toml:2: services.web.command: the name of the program is empty`},
		{"no output", web + `build.command = "make"`, `supervisor.toml:3: services.web.build.command: build.output is not set (name the executable that the command makes, or a command to run)`},
		{"http without socket", web + "listen = [\"udp://:53\"]\nready.by = \"http\"", `supervisor.toml:4: services.web.ready.by: "http" needs a tcp socket (add one to listen, or a URL as ready.http)`},
		{"tcp without socket", web + `ready.by = "tcp"`, `supervisor.toml:3: services.web.ready.by: "tcp" needs a tcp socket (add one to listen, or an address as ready.tcp)`},
		{"check without confirm", web + `ready.check = "exec"`, `supervisor.toml:3: services.web.ready.check: "exec" needs ready.confirm (say for how long it must pass before the previous version drains)`},
		{"check by http without socket", web + "ready = { check = \"http\", confirm = \"9s\" }", `supervisor.toml:3: services.web.ready.check: "http" needs a tcp socket (add one to listen, or a URL as ready.http)`},
		{"check by exec without program", web + "ready = { check = \"exec\", confirm = \"9s\" }", `supervisor.toml:3: services.web.ready.check: "exec" needs ready.exec (name a program that exits with 0 as long as the service is well)`},
		{"preflight without program", web + `ready.preflight = [""]`, `supervisor.toml:3: services.web.ready.preflight: the name of the program is empty`},
		{"bad sum", web + `verify.sha256 = ["5891B5"]`, `supervisor.toml:3: services.web.verify.sha256: found "5891B5", want a SHA-256 in lower case hexadecimal (sha256sum prints it)`},
		{"bad key", "[services.web]\ncommand = [\"./x\"]\nverify.minisign = \"x.pub\"", `supervisor.toml:3: services.web.verify.minisign: invalid encoded public key (minisign prints it: one line that begins with RW)`},
		{"signature of a Go build", web + `verify.minisign = "RWRsJ44ZuIBt1dtbXtuotZEYFi/l+/nxOq1q8ELQP0jVQfVebDwsx1wG"`, `supervisor.toml:3: services.web.verify.minisign: nobody signs what the Go build makes (use it with command, or with build.command and build.output)`},
		{"verify without an executable", "[services.web]\ncommand = [\"./x\"]\nbuild.command = \"make\"\nverify.sha256 = [\"5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03\"]", `supervisor.toml:4: services.web.verify.sha256: build.command makes nothing that could be verified (name the executable as build.output)`},
		{"verify of what does not run", "[services.web]\ncommand = [\"./x\"]\nbuild = { command = \"make\", output = \"bin/y\" }\nverify.sha256 = [\"5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03\"]", `supervisor.toml:4: services.web.verify.sha256: command runs ./x, and what is verified is build.output (let command begin with bin/y)`},
		{"exec without program", web + `ready.by = "exec"`, `supervisor.toml:3: services.web.ready.by: "exec" needs ready.exec (name a program that exits with 0 once the service is ready)`},
		{"shell without program", web + `shell = [""]`, `supervisor.toml:3: services.web.shell: the name of the program is empty`},
		{"path of Windows in double quotes", web + `dir = "C:\srv"`, `supervisor.toml:3:11: invalid escaped character U+0073 's' (a backslash in double quotes begins an escape: write 'C:\dir' or "C:/dir")`},
		{"another one", web + `dir = "C:\Users\me"`, `supervisor.toml:3:12: unicode point needs 8 character, not 7 (a backslash in double quotes begins an escape: write 'C:\dir' or "C:/dir")`},
		{"no dir", web + `dir = "gone"`, `supervisor.toml:3: services.web.dir: no such directory: DIR/gone`},
		{"dir is a file", web + `dir = "supervisor.toml"`, `supervisor.toml:3: services.web.dir: DIR/supervisor.toml is no directory`},
		{"no env file", web + "env_files = [\n\"gone.env\"]", `supervisor.toml:4: services.web.env_files[0]: no such file: DIR/gone.env`},

		{"nothing", "", `supervisor.toml: no service is configured (add [services.NAME] with a package or a command)`},
		{"profiles", "profiles = 1\n" + web, `supervisor.toml:1: profiles: found 1, want a table`},
		{"profile", web + "[profiles]\np = 1", `supervisor.toml:4: profiles.p: found 1, want a table`},
		{"unknown key in a profile that is not chosen", web + "[profiles.p.services.web]\nworker = 1", `supervisor.toml:4: profiles.p.services.web.worker: unknown key (did you mean "workers"?)`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := complain(t, tomlFile(tt.toml), Options{}); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestUnknownSocketOfPlaceholder(t *testing.T) {
	const tail = "[services.web]\ncommand = [\"x\", \"--fd\", '{{fd \"htp\"}}', '{{ .ID }}']\n"
	for listen, want := range map[string]string{
		"listen = [\"http=:80\", \"admin=:81\"]\n": `supervisor.toml:2: services.web.command: {{fd "htp"}} is none of the sockets of listen (known: http, admin)`,
		"": `supervisor.toml:2: services.web.command: {{fd "htp"}} is none of the sockets of listen (add it to listen)`,
	} {
		if got := complain(t, tomlFile(tail+listen), Options{}); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestUnknownSignal(t *testing.T) {
	got := complain(t, tomlFile(web+`drain.signal = "TREM"`), Options{})
	want := `supervisor.toml:3: services.web.drain.signal: found "TREM", want "auto" or a signal such as "TERM" (known: `
	if !strings.HasPrefix(got, want) {
		t.Errorf("got  %s\nwant %s…", got, want)
	}
}

// TestBadAddress leaves the wording to the listener.
func TestBadAddress(t *testing.T) {
	got := complain(t, tomlFile(web+"listen = [\n\":8080\",\n\"htp://:80\",\n\":99999\"]"), Options{})
	for i, want := range []string{
		`supervisor.toml:5: services.web.listen[1]: cannot use address "htp://:80": `,
		`supervisor.toml:6: services.web.listen[2]: cannot use address ":99999": `,
	} {
		if line := strings.Split(got, "\n")[i]; !strings.HasPrefix(line, want) {
			t.Errorf("got  %s\nwant %s…", line, want)
		}
	}
}

func TestDuplicateSockets(t *testing.T) {
	tests := []struct{ name, one, two, want string }{
		{"name", `"http=:1"`, `":3", "http=:2"`, `supervisor.toml:6: services.api.listen[1]: socket name "http" is already used by service "web"`},
		{"default name", `":1"`, `"socket0=:2"`, `supervisor.toml:6: services.api.listen[0]: socket name "socket0" is already used by service "web"`},
		{"address", `"a=:1"`, `"b=tcp://:1"`, `supervisor.toml:6: services.api.listen[0]: address tcp://:1 is already used by service "web"`},
		{"path of another mode", `"unix:///s?mode=0600"`, `"unix:///s"`, `supervisor.toml:6: services.api.listen[0]: address unix:///s is already used by service "web"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := web + "listen = [" + tt.one + "]\n[services.api]\npackage = \".\"\nlisten = [" + tt.two + "]"
			if got := complain(t, tomlFile(text), Options{}); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestNoDuplicates: the same port for another protocol, and any port, twice.
func TestNoDuplicates(t *testing.T) {
	c := mustLoad(t, tomlFile(web+`listen = [":1", "udp://:1", "127.0.0.1:0", "127.0.0.1:0"]`), Options{})
	if n := len(c.Services[0].Listen); n != 4 {
		t.Errorf("got %d sockets, want 4", n)
	}
}

func TestAllProblemsInFileOrder(t *testing.T) {
	files := map[string]string{
		"supervisor.toml":          "[services.web]\nworkers = 0\npakage = \"x\"\n[services.api]\ncommand = \"x\"\n[services.none]\n[profiles.p.services.web]\nlogs = 1\n",
		"supervisor.d/plugin.yaml": "services:\n  web:\n    dir: gone\n",
	}
	got := complain(t, files, Options{Environ: []string{"SUPERVISOR_SERVICES__WEB__WORKERS=x"}})
	want := `supervisor.toml:1: services.web: neither package nor command is set (set one of them, or build.command and build.output)
supervisor.toml:2: services.web.workers: found 0, want a whole number from 1 to 1024
supervisor.toml:3: services.web.pakage: unknown key (did you mean "package"?)
supervisor.toml:5: services.api.command: found "x", want a list of strings (write ["x"])
supervisor.toml:6: services.none: neither package nor command is set (set one of them, or build.command and build.output)
supervisor.toml:8: profiles.p.services.web.logs: found 1, want "inherit", "prefix", "json" or a file such as "file:/var/log/web.log"
supervisor.d/plugin.yaml:3: services.web.dir: no such directory: DIR/gone
SUPERVISOR_SERVICES__WEB__WORKERS: services.web.workers: found "x", want a whole number from 1 to 1024`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestErrorParts(t *testing.T) {
	_, err := Load(in(t, tomlFile(web+"wokers = 2"), Options{}))
	e, ok := err.(*Error)
	if !ok {
		t.Fatalf("got %T, want *Error", err)
	}
	want := Error{File: "supervisor.toml", Line: 3, Key: "services.web.wokers", Problem: "unknown key", Hint: `did you mean "workers"?`}
	if *e != want {
		t.Errorf("got %+v, want %+v", *e, want)
	}
}

func TestMissingFiles(t *testing.T) {
	o := in(t, nil, Options{Files: []string{"one.toml", "two.toml"}})
	_, err := Load(o)
	want := "cannot load config: one.toml: no such file\ncannot load config: two.toml: no such file"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error("the cause is lost")
	}
}

// TestBrokenFile: what a broken file would have set is not missing.
func TestBrokenFile(t *testing.T) {
	files := tomlFile("[services.web]\nworkers = 2")
	files["two.toml"] = "[services.web\npackage = \".\""
	files["three.json"] = "{"
	got := complain(t, files, Options{Files: []string{"supervisor.toml", "two.toml", "three.json"}, Profile: "p"})
	want := "two.toml:1:14: expected character ]\nthree.json:1:1: unexpected end of JSON input"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestHugeFile(t *testing.T) {
	got := complain(t, tomlFile(strings.Repeat("#", maxFile+1)), Options{})
	if want := "supervisor.toml: larger than 1048576 bytes"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
