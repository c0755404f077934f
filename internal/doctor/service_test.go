package doctor

import (
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/control"
)

func TestStatus(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	after := func(d time.Duration) *time.Time { at := now.Add(d); return &at }
	serving := control.Generation{Number: 3, Phase: "serving", ReadyBy: "notify"}
	alive, crashes := serving, serving
	alive.ReadyBy = "alive"
	crashes.Processes = []control.Process{{Slot: 1, Crashes: 4}}
	draining := control.Generation{Number: 2, Phase: "draining", Since: now.Add(-20 * time.Second)}
	late, early := draining, draining
	late.Deadline, early.Deadline = after(10*time.Second), after(time.Minute)
	for _, c := range []struct {
		s    control.Service
		want []string
	}{
		{control.Service{Generations: []control.Generation{serving}}, []string{"ok service: web serves"}},
		{control.Service{Generations: []control.Generation{alive}},
			[]string{"warning ready: web #3 sent no READY=1…| SUPERVISOR_SERVICES__WEB__READY__BY=http supervisor…"}},
		{control.Service{Generations: []control.Generation{crashes}},
			[]string{"warning service: web #3: process 1 has crashed 4 times in a row | supervisor reload web"}},
		{control.Service{Generations: []control.Generation{serving, late}},
			[]string{"warning drain: web #2 has been draining for 20s and will be killed in 10s | SUPERVISOR_SERVICES__WEB__DRAIN__TIMEOUT=2m0s supervisor run"}},
		{control.Service{Generations: []control.Generation{serving, early}}, []string{"ok service: web serves"}},
		{control.Service{Reason: "build failed: x", Generations: []control.Generation{serving}},
			[]string{"warning service: web: the last handoff ended with: build failed: x | supervisor reload web"}},
		{control.Service{Reason: "exited: exit status 0 before it was ready"},
			[]string{"problem service: web does not serve: exited: exit status 0 before it was ready | supervisor reload web"}},
	} {
		c.s.Name = "web"
		expect(t, checkStatus(Facts{Now: now, Status: &control.Status{Services: []control.Service{c.s}}}), c.want...)
	}
}

func TestDaemons(t *testing.T) {
	daemon := control.Service{Name: "web", Reason: "exited: exit status 0 before it was ready"}
	crash := control.Service{Name: "web", Reason: "exited: exit status 1 before it was ready"}
	expect(t, checkDaemons(Facts{Status: &control.Status{Services: []control.Service{daemon, crash}}}),
		"problem daemon: web ended with success before it was ready…")
	for command, want := range map[string]string{
		"nginx -c x":            "warning daemon: a goes to the background…| nginx -c x -g 'daemon off;'",
		"/usr/sbin/haproxy -D":  "problem daemon: a is told to go to the background by -D | /usr/sbin/haproxy",
		"srv --daemonize --x":   "problem daemon: a is told to go to the background by --daemonize | srv --x",
		"php-fpm":               "warning daemon: …| php-fpm --nodaemonize",
		"apache2 -k start":      "warning daemon: …| apache2 -k start -DFOREGROUND",
		"php-fpm -F":            "",
		"nginx -g 'daemon off'": "",
		"httpd -DFOREGROUND":    "",
		"curl -D file":          "",
		"--daemon":              "",
	} {
		got := checkDaemons(Facts{Config: &config.Config{Services: []config.Service{{Name: "a", Command: fields(command)}}}})
		if want == "" {
			expect(t, got)
		} else {
			expect(t, got, want)
		}
	}
	expect(t, checkDaemons(Facts{Config: &config.Config{Services: []config.Service{{Package: "."}}}}))
}

func TestSockets(t *testing.T) {
	http := Held{Name: "http", Address: "tcp://:80", Open: true}
	polled, waiting, closed := http, http, http
	polled.Polled, waiting.Waiting, closed.Open = true, 3, false
	slow := waiting
	slow.Polled = true
	for _, c := range []struct {
		t    Tree
		want string
	}{
		{Tree{Phase: "serving", Sockets: []Held{polled}}, "ok socket: web #3 takes http (tcp://:80)"},
		{Tree{Phase: "serving", Sockets: []Held{slow}}, "warning socket: web #3 (pid 7) is slow to take http (tcp://:80): 3 connections wait there | supervisor reload web…"},
		{Tree{Phase: "serving", Sockets: []Held{http}}, "ok socket: web #3 has http (tcp://:80) open"},
		{Tree{Phase: "serving", Sockets: []Held{closed}}, "problem socket: web #3 (pid 7) has closed http (tcp://:80) | take it…"},
		{Tree{Phase: "serving", Sockets: []Held{closed}, Hidden: true}, "ok socket: web #3: cannot see whether…"},
		{Tree{Phase: "serving", Sockets: []Held{waiting}}, "problem socket: …does not take http (tcp://:80): 3 connections wait there |…"},
		{Tree{Phase: "serving", Sockets: []Held{http}, Own: []string{"tcp://[::]:81"}},
			"warning socket: web #3 (pid 7) listens on tcp://[::]:81 of its own…|…"},
		{Tree{Phase: "draining", Sockets: []Held{polled}},
			"problem drain: web #3 (pid 7) was told to end by TERM and still accepts on http (tcp://:80) |…"},
	} {
		c.t.Service, c.t.Generation, c.t.PID, c.t.Signal = "web", 3, 7, "TERM"
		expect(t, checkSockets([]Tree{c.t}), c.want)
	}
	expect(t, checkSockets([]Tree{{Phase: "draining", Sockets: []Held{http}}, {Phase: "starting", Sockets: []Held{closed}}}))
}

func TestSignals(t *testing.T) {
	expect(t, checkSignals([]Tree{
		{Service: "a", Generation: 1, PID: 5, Signal: "TERM", Phase: "serving", Ignores: true},
		{Service: "b", Generation: 2, PID: 6, Signal: "INT", Phase: "serving", Default: true},
		{Service: "c", Phase: "serving"},
		{Service: "d", Phase: "draining", Ignores: true},
	}),
		"problem drain: a #1 (pid 5) ignores TERM | handle TERM…",
		"warning drain: b #2 (pid 6) does not handle INT, which ends it at once | handle INT…")
}
