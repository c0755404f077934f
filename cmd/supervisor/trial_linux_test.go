package main

import (
	"strings"
	"testing"

	"github.com/seed-27ba25bb/supervisor/test/freeport"
)

// A command is run once, and nothing of it is left: each holds the test's pipe.
func TestDoctorTries(t *testing.T) {
	addr := freeport.TCP(t)
	for name, c := range map[string]struct {
		code int
		args []string
		env  string
		want []string
	}{
		"plain": {0, []string{"--", "plain", addr}, "", []string{
			"ok ready: plain is ready when it listens, after ",
			"ok handoff: plain binds tcp://" + addr + " for itself: its sockets are adopted",
			"warning drain: on TERM plain ended after ",
		}},
		"a port of the system's": {0, []string{"--", "plain", "127.0.0.1:0"}, "", []string{
			"warning handoff: plain listens on tcp://127.0.0.1:",
			"warning ready: plain sends no READY=1",
		}},
		"it ignores TERM": {2, []string{"--", "plain", addr, "ignores"}, "SUPERVISOR_SERVICES__PLAIN__DRAIN__TIMEOUT=2s", []string{
			"ok handoff: plain binds ",
			"problem drain: plain ignores TERM, and was killed after 2s",
		}},
		"it goes to the background": {2, []string{"--", "plain", addr, "daemonises"}, "", []string{
			"problem trial: plain ended with success after ",
		}},
		"it fails": {2, []string{"--", "plain", addr, "fails"}, "", []string{
			"problem trial: plain ended by itself after ",
		}},
		"a service of ours": {0, []string{"--listen", "http=127.0.0.1:0", "--", "service"}, "", []string{
			"ok ready: service says READY=1, after ",
			"ok handoff: service is given its sockets in the way of systemd",
			"ok socket: service #1 takes http (tcp://127.0.0.1:0)",
			"ok drain: on TERM service answered the request that was under way and ended after ",
		}},
		"it never says READY=1": {2, []string{"--listen", "http=127.0.0.1:0", "--", "service"}, "BEHAVE=v1 speak", []string{
			"problem ready: service sent messages, but no READY=1 within 8s",
		}},
		"nothing to take": {0, []string{"--listen", "http=127.0.0.1:0", "--", "plain", addr}, "", []string{
			"warning socket: plain #1 (pid ",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSupervised(t, "", "good")
			if c.env != "" {
				s.env = append(s.env, c.env)
			}
			if strings.HasSuffix(c.env, "speak") {
				s.env = append(s.env, "SUPERVISOR_SERVICES__SERVICE__READY__TIMEOUT=8s")
			}
			s.examines(c.code, c.want, c.args...)
		})
	}
}

// What it printed last is shown.
func TestDoctorShowsLastWords(t *testing.T) {
	s := newSupervised(t, "", "good")
	s.start("doctor", "--", "plain", freeport.TCP(t), "fails")
	s.await("it printed last:\n…one line\n…it cannot be\n")
	s.ends(2)
}
