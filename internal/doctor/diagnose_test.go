package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

func address(t *testing.T, text string) listener.Address {
	t.Helper()
	a, err := listener.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// expect wants exactly these findings, each as "outcome check: found | mend", in
// which found and mend may be shortened by "…".
func expect(t *testing.T, got []Finding, want ...string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Errorf("nothing like %q was found", want[i])
		case i >= len(want):
			t.Errorf("%s was found, which is not wanted", line(got[i]))
		case !fits(line(got[i]), want[i]):
			t.Errorf("found\n%s\nwant\n%s", line(got[i]), want[i])
		}
	}
	for _, f := range got {
		if f.Outcome != OK && (f.Why == "" || f.Mend == "") && f.Check != "control" {
			t.Errorf("%s lacks why or mend: %+v", f.Check, f)
		}
	}
}

func line(f Finding) string {
	text := fmt.Sprintf("%s %s: %s", f.Outcome, f.Check, f.Found)
	if f.Mend != "" {
		text += " | " + f.Mend
	}
	return text
}

func fits(line, pattern string) bool {
	parts := strings.Split(pattern, "…")
	rest, ok := strings.CutPrefix(line, parts[0])
	for _, p := range parts[1:] {
		at := strings.Index(rest, p)
		if p == "" {
			at = len(rest)
		}
		if !ok || at < 0 {
			return false
		}
		rest = rest[at+len(p):]
	}
	return ok && rest == ""
}

func TestNothingIsWrong(t *testing.T) {
	got := Diagnose(Facts{Config: &config.Config{Services: []config.Service{{Name: "web"}}}, Control: Control{Path: "/run/x.sock"}})
	expect(t, got, "ok config: no file is needed: runs web", "ok control: no supervisor runs here: nothing answers on /run/x.sock")
}

// What was not found out in time is not judged.
func TestLate(t *testing.T) {
	expect(t, Diagnose(Facts{Late: 2}), "warning doctor: 2 checks did not end in time | supervisor doctor")
}

func TestConfig(t *testing.T) {
	broken := errors.Join(
		&config.Error{File: "a b.toml", Line: 3, Key: "services.web.listn", Problem: "unknown key"},
		&config.Error{File: "SUPERVISOR_SERVICES__WEB__WORKERS", Key: "services.web.workers", Problem: `found "many"`},
	)
	expect(t, checkConfig(Facts{Files: []string{"a b.toml"}, ConfigErr: broken}),
		"problem config: a b.toml:3: services.web.listn: unknown key | ${EDITOR:-vi} +3 'a b.toml'",
		"problem config: SUPERVISOR_SERVICES__WEB__WORKERS: … | unset SUPERVISOR_SERVICES__WEB__WORKERS")
	expect(t, checkConfig(Facts{ConfigErr: errors.New("there are 2 main packages")}),
		"warning config: there are 2 main packages | supervisor init")
	_, err := config.Load(config.Options{Dir: t.TempDir(), Files: []string{"no.toml"}})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	expect(t, checkConfig(Facts{Files: []string{"no.toml"}, ConfigErr: err}),
		"problem config: no.toml: no such file | supervisor init")
	expect(t, checkConfig(Facts{Files: []string{"s.toml"}, Config: &config.Config{Warnings: []string{"s.toml:2: no effect"}}}),
		"ok config: s.toml: runs ", "warning config: s.toml:2: no effect |…")
}

func TestAddresses(t *testing.T) {
	web := address(t, "http=tcp://127.0.0.1:8080")
	low := address(t, "tcp://127.0.0.1:80")
	path := address(t, "unix:///run/x/web.sock")
	taken := func(pid int) error {
		return &listener.InUseError{Address: web, Holder: &listener.Holder{PID: pid, Name: "python3"}}
	}
	held := &control.Status{PID: 9, Services: []control.Service{{
		Sockets:     []control.Socket{{Address: "tcp://0.0.0.0:1"}},
		Generations: []control.Generation{{Processes: []control.Process{{PID: 10}}}},
	}}}
	for _, c := range []struct {
		a    Address
		st   *control.Status
		want string
	}{
		{Address{Address: web}, nil, "ok address: tcp://127.0.0.1:8080 of web is free"},
		{Address{Address: web, Err: taken(4)}, nil, "problem address: tcp://127.0.0.1:8080 is taken by python3 (pid 4) | kill 4"},
		{Address{Address: web, Err: taken(4)}, held, "problem address: tcp://127.0.0.1:8080 is taken by python3 (pid 4) | kill 4"},
		{Address{Address: web, Err: taken(9)}, held, "ok address: tcp://127.0.0.1:8080 of web is held by the supervisor (pid 9)"},
		{Address{Address: web, Err: taken(10)}, held, "ok address: tcp://127.0.0.1:8080 of web is held by the supervisor (pid 9)"},
		{Address{Address: address(t, "tcp://0.0.0.0:1"), Err: &listener.InUseError{}}, held, "ok address: tcp://0.0.0.0:1 of web is held by the supervisor (pid 9)"},
		{Address{Address: web, Err: taken(1)}, nil, "problem address: …for one of its units | systemctl list-sockets"},
		{Address{Address: web, Err: taken(4), Left: true}, nil, "problem address: …(pid 4), a service whose supervisor is gone | kill 4"},
		{Address{Address: web, Err: &listener.InUseError{Address: web}}, nil, "problem address: …is taken, by whom does not show without root | sudo lsof -nP -i :8080"},
		{Address{Address: path, Err: &listener.InUseError{Address: path}}, nil, "problem address: …is taken, by whom does not show without root | sudo lsof /run/x/web.sock"},
		{Address{Address: low, Err: syscall.EACCES}, nil, "problem address: … | " + allowLowPorts},
		{Address{Address: path, Err: syscall.EACCES}, nil, "problem address: … | ls -ld /run/x"},
		{Address{Address: path, Err: syscall.ENOENT}, nil, "problem address: … | mkdir -p /run/x"},
		{Address{Address: web, Err: syscall.EADDRNOTAVAIL}, nil, "problem address: … | " + showAddresses},
	} {
		c.a.Service = "web"
		expect(t, checkAddresses(Facts{Addresses: []Address{c.a}, Status: c.st}), c.want)
	}
	other := Control{Live: []control.Found{{Path: "/r/a b.sock", PID: 4}}}
	expect(t, checkAddresses(Facts{Addresses: []Address{{Service: "web", Address: web, Err: taken(4)}}, Control: other}),
		"problem address: tcp://127.0.0.1:8080 is held by another supervisor (pid 4) | supervisor stop --control '/r/a b.sock'")
	expect(t, checkAddresses(Facts{Addresses: []Address{{Err: errors.ErrUnsupported}}}))
}

func TestInotify(t *testing.T) {
	roomy := Inotify{MaxWatches: 1000, MaxInstances: 128, Watches: 10, Instances: 2, Directories: 30, Watchers: 2}
	few := Inotify{MaxWatches: 1000, MaxInstances: 128, Watches: 900, Instances: 127, Directories: 100, Watchers: 2}
	expect(t, checkInotify(Facts{Inotify: &roomy}), "ok inotify: 10 of 1000 …")
	expect(t, checkInotify(Facts{Inotify: &few}),
		"warning inotify: fs.inotify.max_user_watches is 1000: 900 are in use, dev needs up to 100 more here | echo fs.inotify.max_user_watches=4000 |…",
		"warning inotify: fs.inotify.max_user_instances is 128: 127 are in use, dev needs up to 2 more here | echo fs.inotify.max_user_instances=516 |…")
	// What a supervisor in dev needs, it has already.
	few.Instances = 20
	expect(t, checkInotify(Facts{Inotify: &few, Status: &control.Status{Mode: "dev"}}), "ok inotify: 900 of 1000…")
	expect(t, checkInotify(Facts{}))
}

func TestFileSystems(t *testing.T) {
	nfs := FileSystem{Service: "web-api", Dir: "/src", Silent: "nfs"}
	never, often := nfs, nfs
	never.Poll.Never, often.Poll.Every = true, time.Second
	expect(t, checkFileSystems([]FileSystem{{Dir: "/src"}, nfs, never, often}),
		"ok files: /src reports changes",
		"warning files: … | export SUPERVISOR_SERVICES__WEB_API__WATCH__POLL=500ms",
		"problem files: … | export SUPERVISOR_SERVICES__WEB_API__WATCH__POLL=500ms",
		"ok files: /src (nfs) does not report changes, and is looked at every 1s")
}

func TestControl(t *testing.T) {
	expect(t, checkControl(Facts{Control: Control{Path: "/r/a.sock", Stale: []string{"/r/b c.sock"}, Silent: []string{"/r/d.sock"}}}),
		"ok control: no supervisor runs here…",
		"warning control: nobody listens on /r/b c.sock | rm '/r/b c.sock'",
		"problem control: somebody holds /r/d.sock and does not answer | lsof /r/d.sock")
	expect(t, checkControl(Facts{Control: Control{Path: "/r/a.sock"}, Status: &control.Status{PID: 7, Version: "v1"}}),
		"ok control: supervisor v1 (pid 7) answers on /r/a.sock")
	expect(t, checkControl(Facts{Control: Control{Err: errors.New("it belongs to user 5")}}), "problem control: it belongs to user 5 |…")
	expect(t, checkControl(Facts{Control: Control{Err: errors.ErrUnsupported}}), "warning control: …")
}

func TestCommands(t *testing.T) {
	expect(t, checkCommands([]Command{
		{Service: "a", Name: "x", Path: "/bin/x"},
		{Service: "b", Name: "./x"},
		{Service: "c", Name: "x"},
		{Service: "d", Name: "./x", Made: true},
	}),
		"ok command: a runs /bin/x",
		"problem command: b runs ./x, which is not there | make it…",
		"problem command: c runs x, which is not there | install x…",
		"ok command: d runs ./x, which its build makes")
}

func TestUnits(t *testing.T) {
	expect(t, checkUnits([]Unit{
		{File: "/p/ok.service"},
		{File: "/p/web.service", Said: []string{"/p/web.service:3: Unknown key 'Foo' in section [Service], ignoring."}},
		{File: "/etc/systemd/system/web.service", Rejected: true, Said: []string{"web.service: Service has no ExecStart=. Refusing."}},
		{File: "/p/web.service", Rejected: true, Said: []string{"web.service: Command /bin/no is not executable: No such file or directory"}},
	}),
		"ok unit: systemd accepts /p/ok.service",
		"warning unit: /p/web.service:3: Unknown key 'Foo' in section [Service], ignoring. | ${EDITOR:-vi} +3 /p/web.service",
		"problem unit: /etc/systemd/system/web.service: Service has no ExecStart=. Refusing. | sudo systemctl edit --full web.service",
		"warning unit: /p/web.service: Command /bin/no is not executable: …| …")
}
