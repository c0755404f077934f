//go:build unix

package main

import (
	"syscall"
	"testing"
)

// The verdicts of a scaling, their exit codes, and what a reload makes of the number.
func TestScaleVerb(t *testing.T) {
	t.Parallel()
	s := running(t, service("workers = 2"), "v1")
	s.answers(0, "web: 3 workers; the config says 2: a reload keeps 3 until workers is changed there", "scale", "web=3")
	s.await("web #1 scaled: 3 workers")
	s.hasWorkers(3)
	s.behave("v2")
	s.answers(0, "web: promoted generation 2", "reload")
	s.hasWorkers(3)
	s.answers(0, "web: 2 workers", "scale", "web=2")
	s.hasWorkers(2)
	s.answers(0, "web: 1 worker; the config says 2: a reload keeps 1 until workers is changed there", "scale", "web=1")
	s.write("supervisor.toml", service("workers = 4"))
	s.answers(0, "web: promoted generation 3", "reload")
	s.hasWorkers(4)
	s.serves("v2")
	s.stops()
}

// What cannot be done changes nothing.
func TestScaleRefused(t *testing.T) {
	t.Parallel()
	s := running(t, service(`ready.after = "1m"`), "v1")
	for _, test := range []struct {
		name string
		code int
		want string
		args []string
	}{
		{"nobody", 2, "supervisor: error: cannot find \"api\": there is no such service\nsupervisor: hint: the services are web", []string{"api=2"}},
		{"no name", 2, "supervisor: error: cannot scale: no service is named\nsupervisor: hint: write, for example: supervisor scale web=2", nil},
		{"none", 2, "supervisor: error: cannot scale: found \"web=0\", want SERVICE=N with N from 1 to 1024\nsupervisor: hint: …to run none, take the service out of the config, and reload", []string{"web=0"}},
		{"a word", 2, "supervisor: error: cannot scale: found \"web=many\", …\nsupervisor: hint: …", []string{"web=many"}},
		{"too many", 2, "supervisor: error: cannot scale: found \"web=1025\", …\nsupervisor: hint: …", []string{"web=1025"}},
		{"no number", 2, "supervisor: error: cannot scale: found \"web\", …\nsupervisor: hint: …", []string{"web"}},
	} {
		s.answers(test.code, test.want, append([]string{"scale"}, test.args...)...)
	}
	s.behave("bad exit 1")
	s.answers(4, "web: exited: exit status 1 before it was ready; 1 worker, as before", "scale", "web=2")
	s.await("web #1 not scaled: exit status 1 before it was ready; 1 worker, as before")
	s.hasWorkers(1)
	s.serves("v1")
	s.recovers()
	s.answers(6, "supervisor: error: cannot find a supervisor: no supervisor answers on …\nsupervisor: hint: …", "scale", "web=2")
}

func TestScaleOnce(t *testing.T) {
	t.Parallel()
	s := running(t, service("once = true"), "v1")
	s.answers(2, "supervisor: error: cannot scale service web: it is done when it ends (once)\nsupervisor: hint: set workers in the config, and reload", "scale", "web=2")
	s.stops()
}

// TTIN and TTOU do the same for all services, within bounds.
func TestScaleSignals(t *testing.T) {
	t.Parallel()
	s := running(t, service(), "v1")
	for _, step := range []struct {
		signal syscall.Signal
		want   string
		then   int
	}{
		{syscall.SIGTTIN, "web #1 scaled: 2 workers", 2},
		{syscall.SIGTTIN, "web #1 scaled: 3 workers", 3},
		{syscall.SIGTTOU, "web #1 scaled: 2 workers", 2},
		{syscall.SIGTTOU, "web #1 scaled: 1 worker", 1},
		{syscall.SIGTTOU, "web it stays with 1 worker", 1},
	} {
		s.mark()
		if err := s.cmd.Process.Signal(step.signal); err != nil {
			t.Fatal(err)
		}
		s.await(step.want)
		s.hasWorkers(step.then)
	}
	s.stops()
}

// A rolling handoff is told step by step; one that fails halfway says what becomes of
// what it had replaced.
func TestRollingVerdict(t *testing.T) {
	t.Parallel()
	s := running(t, service("workers = 3", "handoff.rolling = true", `ready.after = "1m"`), "v1")
	s.behave("v2")
	s.answers(0, "web: promoted generation 2", "reload")
	s.await("web #2 replacing: 1 of 3 workers are new")
	s.await("web #2 replacing: 2 of 3 workers are new")
	s.hasWorkers(3)
	s.behave("bad exit 1")
	s.answers(4, "web: exited: exit status 1 before it was ready; generation 2 serves", "reload")
	s.serves("v2")
	s.hasWorkers(3)
	s.stops()
}

// hasWorkers waits until no more than n processes are there, all of one generation
// and ready.
func (s *supervised) hasWorkers(n int) {
	s.t.Helper()
	s.eventually("the workers are as many as asked for", func() bool {
		all := s.status().Services[0].Generations
		if len(all) != 1 || len(all[0].Processes) != n {
			return false
		}
		for _, p := range all[0].Processes {
			if p.Phase != "ready" {
				return false
			}
		}
		return true
	})
}
