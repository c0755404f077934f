package doctor

import (
	"errors"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/proc"
)

func TestCheckTrial(t *testing.T) {
	good := func(change func(*Trial)) *Trial {
		trial := &Trial{
			Service: "web", Command: "./web", Ready: true, Spoke: true, UpIn: 38 * time.Millisecond, Within: time.Minute,
			Given: 1, Signal: "TERM", UnderWay: Answered, StopIn: 412 * time.Millisecond, Limit: 30 * time.Second,
			Tree: Tree{Service: "web", Generation: 1, Phase: "serving", PID: 5, Sockets: []Held{{Name: "http", Address: ":80", Open: true, Polled: true}}},
		}
		change(trial)
		return trial
	}
	const (
		ready   = "ok ready: web says READY=1, after 38ms"
		given   = "ok handoff: web is given its sockets in the way of systemd, and the next version gets the same"
		takes   = "ok socket: web #1 takes http (:80)"
		drained = "ok drain: on TERM web answered the request that was under way and ended after 412ms"
	)
	plain := func(t *Trial) { t.Ready, t.Spoke, t.Listens, t.Given, t.Tree.Sockets = false, false, true, 0, nil }
	for _, c := range []struct {
		name  string
		trial *Trial
		want  []string
	}{
		{"nothing was run", nil, nil},
		{"good", good(func(*Trial) {}), []string{ready, given, takes, drained}},
		{"it does not start", &Trial{Service: "web", Command: "./web", StartErr: errors.New("no such user")},
			[]string{"problem trial: web does not start: no such user | ./web"}},
		{"it fails", &Trial{Service: "web", Command: "./web", Lines: []string{"a", "b"}, Ended: &proc.Exit{Code: 3, Reason: "exit status 3", Uptime: 1234 * time.Millisecond}},
			[]string{"problem trial: web ended by itself after 1.2s: exit status 3; it printed last:\n  a\n  b | ./web"}},
		{"it goes to the background", &Trial{Service: "web", Ended: &proc.Exit{Uptime: 20 * time.Millisecond}},
			[]string{"problem trial: web ended with success after 20ms, as what goes to the background does | run its command with the option for the foreground…"}},
		{"another protocol", good(func(t *Trial) { t.By = "nginx" }),
			[]string{ready, "ok handoff: web is given its sockets in the way of nginx…", takes, drained}},
		{"it takes nothing", good(func(t *Trial) { t.Tree.Sockets[0].Polled, t.Tree.Own = false, []string{"tcp://:81"} }),
			[]string{ready, given, "warning socket: web #1 (pid 5) listens on tcp://:81 of its own…", drained}},
		{"never ready", good(func(t *Trial) { t.Ready = false }),
			[]string{"problem ready: web sent messages, but no READY=1 within 1m0s | send READY=1 once…", given, takes, drained}},
		{"fd store", good(func(t *Trial) { plain(t); t.Ready, t.Stored = true, true }),
			[]string{ready, "ok handoff: web leaves its sockets with the supervisor…", drained}},
		{"adopted", good(func(t *Trial) { plain(t); t.Learnt, t.UnderWay = []string{"tcp://:80"}, CutOff }), []string{
			"ok ready: web is ready when it listens, after 38ms",
			"ok handoff: web binds tcp://:80 for itself: its sockets are adopted…",
			"warning drain: on TERM web ended after 412ms and cut off a request that was under way | on TERM stop accepting…",
		}},
		{"it cannot be adopted", good(func(t *Trial) { plain(t); t.Learnt, t.Obstacle = []string{"tcp://:80"}, errors.New("a unix socket") }), []string{
			"ok ready: …", "warning handoff: web: a unix socket | give it its sockets…", drained,
		}},
		{"port 0", good(func(t *Trial) { plain(t); t.Tree.Own = []string{"tcp://:4711"} }), []string{
			"warning ready: web sends no READY=1…", "warning handoff: web listens on tcp://:4711, a port that the system chose…", drained,
		}},
		{"it listens nowhere", good(func(t *Trial) { plain(t); t.Listens, t.UnderWay = false, NotAsked }), []string{
			"warning ready: …", "warning handoff: web was not seen to listen on anything…",
			"ok drain: on TERM web ended after 412ms; no request was under way: it speaks no HTTP",
		}},
		{"it ignores TERM", good(func(t *Trial) { t.Killed, t.Tree.Ignores = true, true }),
			[]string{ready, given, takes, "problem drain: web ignores TERM, and was killed after 30s | handle TERM…"}},
		{"it needs too long", good(func(t *Trial) { t.Killed = true }),
			[]string{ready, given, takes, "problem drain: web did not end within 30s after TERM, and was killed | …raise drain.timeout of services.web"}},
	} {
		t.Run(c.name, func(t *testing.T) { expect(t, checkTrial(c.trial), c.want...) })
	}
}

func TestTail(t *testing.T) {
	var words tail
	if got := words.last(3); got != nil {
		t.Errorf("got %q", got)
	}
	for range 10_000 {
		words.Write([]byte("some line\n"))
	}
	words.Write([]byte("the last"))
	got := words.last(2)
	if len(got) != 2 || got[0] != "some line" || got[1] != "the last" || len(words.text) > tailSize {
		t.Errorf("got %q of %d bytes", got, len(words.text))
	}
}
