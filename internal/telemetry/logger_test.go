package telemetry

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"
)

var at = time.Date(2026, 3, 4, 12, 1, 7, 89e6, time.UTC)

func TestPrettyLines(t *testing.T) {
	exit := errors.New("exit status 2")
	for _, c := range []struct {
		report Report
		want   string
	}{
		{Report{Kind: Building, Generation: 7}, "#7 building"},
		{Report{Kind: Building, Generation: 7, Text: "cmd/web/main.go changed"}, "#7 building: cmd/web/main.go changed"},
		{Report{Kind: Built, Generation: 7, Took: 412 * time.Millisecond}, "#7 built in 412ms"},
		{Report{Kind: BuildFailed, Generation: 7, Took: 1234 * time.Millisecond, Serving: 6, Err: errors.New("exit status 1")},
			"#7 build failed after 1.2s: exit status 1; generation 6 still serves"},
		{Report{Kind: BuildFailed, Generation: 1, Err: errors.New("exit status 1")}, "#1 build failed: exit status 1; nothing serves yet"},
		{Report{Kind: Unchanged, Generation: 7, Text: "the same as generation 6"}, "#7 unchanged: the same as generation 6"},
		{Report{Kind: Starting, Generation: 7, PID: 4242}, "#7 starting (pid 4242)"},
		{Report{Kind: Ready, Generation: 7, PID: 4242, Took: 38 * time.Millisecond, Text: "notify"}, "#7 ready in 38ms (notify)"},
		{Report{Kind: Canary, Generation: 7, Text: "10% of new connections for 30s, by source address"}, "#7 canary: 10% of new connections for 30s, by source address"},
		{Report{Kind: CanaryPassed, Generation: 7, Took: 30 * time.Second}, "#7 canary passed after 30s"},
		{Report{Kind: Serving, Generation: 7}, "#7 serving"},
		{Report{Kind: Draining, Generation: 6, Text: "30s at most"}, "#6 draining: 30s at most"},
		{Report{Kind: Drained, Generation: 6, Took: 1200 * time.Millisecond}, "#6 drained in 1.2s"},
		{Report{Kind: Exited, Generation: 6, PID: 4241, Serving: 5, Text: "exit status 1 before it was ready"}, "#6 exited (pid 4241): exit status 1 before it was ready; generation 5 still serves"},
		{Report{Kind: Crashed, Generation: 7, PID: 4242, Err: exit}, "#7 crashed (pid 4242): exit status 2"},
		{Report{Kind: Restarting, Generation: 7, Text: "after 100ms"}, "#7 restarting: after 100ms"},
		{Report{Kind: NotReady, Generation: 7, Took: time.Minute, Serving: 6, Text: "no READY=1"},
			"#7 not ready after 1m0s: no READY=1; generation 6 still serves"},
		{Report{Kind: RolledBack, Generation: 7, Serving: 8, Text: "crashed before it was confirmed", Err: exit},
			"#7 rolled back: crashed before it was confirmed: exit status 2; generation 8 serves"},
		{Report{Kind: Killed, Generation: 6, PID: 4241, Text: "not drained within 30s"}, "#6 killed (pid 4241): not drained within 30s"},
		{Report{Kind: Listening, Text: "127.0.0.1:8080"}, "listening on 127.0.0.1:8080"},
		{Report{Kind: Closed, Text: "127.0.0.1:8080"}, "no longer listening on 127.0.0.1:8080"},
		{Report{Kind: Notice, Text: "polling: no inotify watches left"}, "polling: no inotify watches left"},
		{Report{Kind: Config, Text: "web.toml"}, "config loaded: web.toml"},
		{Report{Kind: ConfigFailed, Err: errors.New("web.toml:3: unknown key\nweb.toml:4: unknown key\n")},
			"config refused, nothing changed: web.toml:3: unknown key; web.toml:4: unknown key"},
		{Report{Kind: Stopping, Text: "SIGTERM"}, "stopping: SIGTERM"},
		{Report{Kind: Stopped, Took: 3 * time.Minute}, "stopped in 3m0s"},
		{Report{Kind: "brand-new", Text: "what"}, "brand-new: what"},
	} {
		t.Run(c.report.Kind, func(t *testing.T) {
			c.report.Time, c.report.Service = at, "web"
			wantOut(t, Options{}, c.report, "12:01:07 web "+c.want+"\n")
		})
	}
}

func TestPlainLine(t *testing.T) {
	r := Report{Time: at, Service: "web", Kind: Built, Generation: 7, Took: 412 * time.Millisecond}
	wantOut(t, Options{Mode: Plain, Color: true}, r, "2026-03-04T12:01:07.089Z info  web #7 built in 412ms\n")
}

func TestCompilerOutputIsShownAsItIs(t *testing.T) {
	said := "./main.go:3:1: \x1b[1msyntax error\x1b[0m\n\tat \"x\"\n"
	r := Report{Time: at, Service: "web", Kind: BuildFailed, Generation: 7, Serving: 6, Text: said}
	wantOut(t, Options{}, r, said+"12:01:07 web #7 build failed; generation 6 still serves\n")
}

func TestServicesAlign(t *testing.T) {
	var out bytes.Buffer
	l := New(Options{Out: &out, Services: []string{"web", "db"}})
	for _, r := range []Report{
		{Service: "db", Kind: Serving, Generation: 1},
		{Kind: Config},
		{Service: "worker", Kind: Serving, Generation: 1},
		{Service: "db", Kind: Serving, Generation: 12},
	} {
		r.Time = at
		l.Report(r)
	}
	want := "12:01:07 db  #1 serving\n" +
		"12:01:07     config loaded\n" +
		"12:01:07 worker #1 serving\n" +
		"12:01:07 db     #12 serving\n"
	if got := out.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestColor(t *testing.T) {
	for _, c := range []struct {
		report Report
		want   string
	}{
		{Report{Kind: Crashed, Err: errors.New("exit status 2")}, "\x1b[31mcrashed: exit status 2\x1b[0m\n"},
		{Report{Kind: Notice, Text: "careful"}, "\x1b[33mcareful\x1b[0m\n"},
		{Report{Kind: Serving}, "\x1b[32mserving\x1b[0m\n"},
		{Report{Kind: Draining}, "draining\n"},
	} {
		c.report.Time = at
		wantOut(t, Options{Color: true}, c.report, "\x1b[2m12:01:07\x1b[0m "+c.want)
	}
}

func TestJSONFields(t *testing.T) {
	for _, c := range []struct {
		report Report
		want   map[string]any
	}{
		{Report{Service: "web", Kind: Ready, Generation: 7, PID: 4242, Took: 38*time.Millisecond + 500*time.Microsecond, Text: "notify"},
			map[string]any{"level": "info", "service": "web", "event": "ready", "generation": 7.0, "pid": 4242.0,
				"took_ms": 38.5, "text": "notify", "message": "ready in 39ms (notify)"}},
		{Report{Service: "web", Kind: BuildFailed, Generation: 7, Serving: 6, Text: "main.go:1: no\n", Err: errors.New("exit status 1")},
			map[string]any{"level": "error", "service": "web", "event": "build-failed", "generation": 7.0, "serving": 6.0, "verdict": "build failed",
				"output": "main.go:1: no\n", "error": "exit status 1", "message": "build failed: exit status 1; generation 6 still serves"}},
		{Report{Kind: Notice, Text: "careful"},
			map[string]any{"level": "warn", "event": "notice", "message": "careful"}},
		{Report{Service: "web", Kind: NotReady, Generation: 1},
			map[string]any{"level": "error", "service": "web", "event": "not-ready", "generation": 1.0, "serving": 0.0, "verdict": "not ready",
				"message": "not ready; nothing serves yet"}},
	} {
		c.report.Time, c.want["time"] = at, "2026-03-04T12:01:07.089Z"
		var out bytes.Buffer
		New(Options{Mode: JSON, Out: &out}).Report(c.report)
		var got map[string]any
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatalf("%v in %q", err, out.String())
		}
		if !maps.Equal(got, c.want) {
			t.Errorf("got %v\nwant %v", got, c.want)
		}
		if n := strings.Count(out.String(), "\n"); n != 1 {
			t.Errorf("%d lines: %q", n, out.String())
		}
	}
}

func TestLevels(t *testing.T) {
	want := map[string]string{
		BuildFailed: "error", Crashed: "error", NotReady: "error", RolledBack: "error", ConfigFailed: "error",
		Notice:   "warn",
		Building: "info", Built: "info", Unchanged: "info", Starting: "info", Ready: "info", Serving: "info", Draining: "info",
		Drained: "info", Exited: "error", Restarting: "info", Killed: "info", Listening: "info", Closed: "info", Config: "info",
		Stopping: "info", Stopped: "info",
	}
	for kind, w := range want {
		if got := level(kind).String(); got != w {
			t.Errorf("level of %s is %s, want %s", kind, got, w)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("gone") }

func TestLostOutputFailsNobody(t *testing.T) {
	// An error here would make zerolog write to the standard error.
	if n, err := (lossy{broken{}}).Write([]byte("abc")); n != 3 || err != nil {
		t.Errorf("lossy: %d, %v", n, err)
	}
	l := New(Options{Out: broken{}})
	l.Report(Report{Kind: BuildFailed, Text: "x"})
	w := l.Writer("web", 1)
	if n, err := w.Write([]byte("a line\n")); n != 7 || err != nil {
		t.Errorf("Write is %d, %v; a service would get SIGPIPE", n, err)
	}
}

func wantOut(t *testing.T, o Options, r Report, want string) {
	t.Helper()
	var out bytes.Buffer
	o.Out = &out
	New(o).Report(r)
	if got := out.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
