//go:build unix

package main

import (
	"strings"
	"testing"
)

// Whatever a reload meets, the verdict says what and why, the exit code is the one
// for it, the old generation serves on, and the next good one takes its place.
func TestBadService(t *testing.T) {
	for _, test := range []struct {
		name   string
		behave string
		config string // of the bad reload
		code   int
		want   string
	}{
		{name: "exits with 0", behave: "bad exit 0", config: `ready.after = "1m"`, code: 4,
			want: "web: exited: exit status 0 before it was ready; generation 1 serves"},
		{name: "exits with 1", behave: "bad exit 1", config: `ready.after = "1m"`, code: 4,
			want: "web: exited: exit status 1 before it was ready; generation 1 serves"},
		{name: "panics, ready by auto", behave: "bad panic", config: `ready = { by = "auto", after = "1m" }`, code: 4,
			want: "web: exited: exit status 2 before it was ready; generation 1 serves"},
		{name: "panics, ready by alive", behave: "bad panic", config: `ready = { by = "alive", after = "1m" }`, code: 4,
			want: "web: exited: exit status 2 before it was ready; generation 1 serves"},
		{name: "hangs", behave: "bad hang", config: `ready.timeout = "300ms"`, code: 4,
			want: "web: not ready: not ready after 300ms; generation 1 serves"},
		{name: "crashes before it is confirmed", behave: "bad crash", config: `ready.confirm = "1m"`, code: 5,
			want: "web: rolled back: exit status 7 before it was confirmed; generation 1 serves"},
		{name: "missing command", config: `command = ["./missing"]`, code: 4,
			want: "web: exited: cannot start …/missing: no such file or directory before it was ready; generation 1 serves"},
		{name: "missing program", config: `command = ["missing"]`, code: 4,
			want: "web: exited: cannot start missing: it is not in PATH; write ./missing if it lies in … before it was ready; generation 1 serves"},
		{name: "no executable", config: `command = ["./supervisor.toml"]`, code: 4,
			want: "web: exited: cannot start …/supervisor.toml: permission denied before it was ready; generation 1 serves"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := running(t, service(), "v1")
			s.behave(test.behave)
			s.write("supervisor.toml", replace(service(), test.config))
			s.answers(test.code, test.want, "reload")
			s.serves("v1")
			s.behind(strings.TrimSuffix(strings.TrimPrefix(test.want, "web: "), "; generation 1 serves"))
			s.write("supervisor.toml", service())
			s.recovers()
		})
	}
}

// replace adds keys to a config, in place of those that it has.
func replace(config, more string) string {
	if strings.Contains(more, "command") {
		config = strings.Replace(config, "command = [\"service\"]\n", "", 1)
	}
	return config + more + "\n"
}

// A first version that fails leaves nothing to serve: the supervisor ends.
func TestBadServiceAtStart(t *testing.T) {
	for _, test := range []struct {
		name, behave, config string
		code                 int
		want                 string
	}{
		{"exits with 0", "bad exit 0", `ready.after = "1m"`, 4, "exited: exit status 0 before it was ready; nothing serves yet"},
		{"exits with 1", "bad exit 1", `ready.after = "1m"`, 4, "exited: exit status 1 before it was ready; nothing serves yet"},
		{"panics", "bad panic", `ready.after = "1m"`, 4, "panic: out of luck"},
		{"hangs", "bad hang", `ready.timeout = "300ms"`, 4, "not ready after 300ms; nothing serves yet"},
		{"missing command", "bad", `command = ["./missing"]`, 4, "cannot start"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newSupervised(t, replace(service(), test.config), test.behave)
			s.start("run", "-c", "supervisor.toml")
			s.ends(test.code)
			s.await(test.want)
		})
	}
}

// A service that sends nothing is ready when it is still alive after a while, and
// is told how to do better.
func TestMuteService(t *testing.T) {
	t.Parallel()
	s := running(t, service(`ready.after = "50ms"`), "v1 mute")
	s.await("no readiness message came, so it counts as ready after 50ms alive: send READY=1 (sd_notify), or set ready.by, to make handoffs faster and exact")
	s.recovers()
}

// A generation that does not end when it is told to is killed when its time is
// over, and the log says so.
func TestDeafService(t *testing.T) {
	t.Parallel()
	s := running(t, service(`drain.timeout = "300ms"`), "v1 deaf")
	s.mark()
	s.behave("v2 deaf")
	s.answers(0, "web: promoted generation 2", "reload")
	s.await("web #1 killed (pid …): it had not drained in time")
	s.await("web #1 drained in ")
	s.serves("v2")
	s.recovers()
}
