package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// clients is how many connections the loads of a survivor have at most.
const clients = 2 * clientsOfALoad

const clientsOfALoad = 4

// A survivor is a supervisor to which something bad happens while its service is under
// load.
type survivor struct {
	*upgradable
	program string // of the service, which the bad things replace
	loads   []*loading
	rest    figures
}

// startSurvivor returns when the second generation serves alone: what the first handoff
// opens for good is open then.
func startSurvivor(t *testing.T, more string) *survivor {
	t.Helper()
	addr := freeAddress(t, "http")
	s := &survivor{program: filepath.Join(shortDir(t), "web")}
	s.install(t)
	s.upgradable = startUpgradable(t, config{socket: "http", address: addr, program: s.program, more: more})
	for _, kind := range []load.Load{load.HTTP, load.Keepalive} {
		s.loads = append(s.loads, startLoad(t, load.Config{Load: kind, Address: addr, Workers: clientsOfALoad, Rate: 100}))
	}
	s.promotes()
	s.awaitSettled(1)
	s.awaitServing()
	s.rest = s.figures()
	return s
}

// install puts a good version in place.
func (s *survivor) install(t *testing.T) {
	t.Helper()
	installCopy(t, built(t, programs.service), s.program)
}

// script puts a version in place that a shell runs.
func (s *survivor) script(text string) {
	s.t.Helper()
	replaceFile(s.t, s.program, []byte("#!/bin/sh\n"+text+"\n"), 0o755)
}

// faulty puts a version in place that has the faults of these flags.
func (s *survivor) faulty(flags string) {
	s.t.Helper()
	s.script("exec " + built(s.t, programs.service) + " " + flags + ` "$@"`)
}

// promotes wants a reload to put a good version in service.
func (s *survivor) promotes() {
	s.t.Helper()
	s.puts()
	s.awaitNewest()
}

// puts does not wait for its answers: every connection of a load may be with a process
// that gives none.
func (s *survivor) puts() {
	s.t.Helper()
	s.install(s.t)
	before := len(s.ready)
	s.reloads(0, "web: promoted generation ")
	if len(s.ready) == before {
		s.awaitReady(before + 1)
	}
}

// awaitNewest waits until the newest generation has answered every load. Another may
// take its place meanwhile.
func (s *survivor) awaitNewest() {
	s.t.Helper()
	for _, l := range s.loads {
		l.awaitAnswer(s.newest())
	}
}

// awaitServing waits until one generation serves and nothing else is under way.
func (s *survivor) awaitServing() {
	s.t.Helper()
	deadline, again := time.After(patience), time.NewTicker(20*time.Millisecond)
	defer again.Stop()
	for {
		g := s.status().Services[0].Generations
		if len(g) == 1 && g[0].Phase == "serving" && s.live == 1 {
			return
		}
		select {
		case n := <-s.notices:
			s.note(n)
		case <-again.C:
		case <-deadline:
			s.t.Fatalf("it does not come to rest: %+v, %d processes live", g, s.live)
		}
	}
}

// reloads wants a verdict and what it says.
func (s *survivor) reloads(code int, want string) {
	s.t.Helper()
	out, got := s.ask("reload")
	if got != code || !strings.Contains(out, want) {
		s.t.Fatalf("reload: exit code %d, want %d with %q: %s", got, code, want, out)
	}
}

// refuses wants a version refused, and the one before it to serve on.
func (s *survivor) refuses(code int, want string) {
	s.t.Helper()
	before := s.status()
	s.reloads(code, want)
	if after := s.status(); after.Services[0].serving() != before.Services[0].serving() {
		s.t.Errorf("the bad version changed %+v to %+v", before, after)
	}
}

// with changes the config while f runs.
func (s *survivor) with(more string, f func()) {
	s.t.Helper()
	good, err := os.ReadFile(s.config)
	if err != nil {
		s.t.Fatal(err)
	}
	s.configure(string(good) + more)
	f()
	s.configure(string(good))
}

// survived wants that the next good version gets into service, that no request failed
// but those in the hands of a process that crashed or was killed, and that nothing is
// left of what happened.
func (s *survivor) survived(held int) {
	s.t.Helper()
	s.promotes()
	s.awaitSettled(1)
	s.awaitServing()
	s.lostAtMost(held)
	s.t.Logf("at rest before: %v; after: %v", s.rest, s.awaitFigures(s.rest))
	s.end()
}

// lostAtMost ends the loads.
func (s *survivor) lostAtMost(held int) {
	s.t.Helper()
	var requests, failed int64
	failures := map[load.Kind]int64{}
	for _, l := range s.loads {
		r := l.end()
		requests += r.Requests
		failed += r.Failed()
		for kind, n := range r.Failures {
			failures[kind] += n
		}
		for _, v := range r.Versions {
			if !slices.Contains(s.ready, v.Name) {
				s.t.Errorf("%s answered and never got ready", v.Name)
			}
		}
	}
	broken := failures[load.Reset] + failures[load.EOF]
	if requests == 0 || failed > broken || broken > int64(held) {
		s.t.Errorf("%d of %d requests failed%s; at most %d were in the hands of what was killed", failed, requests, kinds(failures), held)
	}
	s.t.Logf("%d requests, failed %d%s", requests, failed, kinds(failures))
}

func kinds(failures map[load.Kind]int64) string {
	if len(failures) == 0 {
		return ""
	}
	return fmt.Sprint(" ", failures)
}

// Whatever happens, a version serves, no connection that was accepted is lost, and
// nothing is left of it: no process, no descriptor.
func TestSurvive(t *testing.T) {
	for _, bad := range badThings {
		t.Run(bad.name, func(t *testing.T) {
			t.Parallel()
			s := startSurvivor(t, bad.config)
			bad.happens(s)
			s.survived(bad.held)
		})
	}
}
