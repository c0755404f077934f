//go:build unix

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/prove"
)

// proves runs prove with a page, and returns its report.
func (s *supervised) proves(code int, args ...string) (r prove.Report, page string) {
	s.t.Helper()
	file := filepath.Join(s.dir, "proof.html")
	text, got := s.verb(append([]string{"prove", "-c", "supervisor.toml", "--json", "--html", file}, args...)...)
	// What happens on the way stands before the report.
	_, object, _ := strings.Cut(text, "\n{")
	object, _, _ = strings.Cut("{"+object, "\n}")
	if err := json.Unmarshal([]byte(object+"}"), &r); err != nil || got != code {
		s.t.Fatalf("prove: exit code %d, want %d; %v:\n%s", got, code, err, text)
	}
	b, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(b), "<svg") || !strings.Contains(string(b), r.Answer) {
		s.t.Fatalf("the page: %v\n%s", err, b)
	}
	return r, string(b)
}

func advised(r prove.Report, seen, change string) bool {
	for _, a := range r.Advice {
		if strings.Contains(a.Seen, seen) && strings.Contains(a.Change, change) {
			return true
		}
	}
	return false
}

func TestProveAGoodService(t *testing.T) {
	s := newSupervised(t, service(), "good")
	r, page := s.proves(0, "--handoffs", "3", "--rate", "200")
	if r.Failed != 0 || r.Done != 3 || r.Requests == 0 || len(r.Advice) != 0 || !strings.HasSuffix(r.Answer, " requests failed during 3 handoffs") {
		t.Errorf("got %+v", r)
	}
	if strings.Contains(page, `class="failed"`) {
		t.Error("the page marks failures")
	}
	for _, h := range r.Handoffs {
		if h.Ready <= h.Asked || h.Draining < h.Ready || h.Drained < h.Draining || h.ReadyBy != "notify" {
			t.Errorf("handoff %+v", h)
		}
	}
}

// A service that ends at once loses what is under way.
func TestProveAServiceThatDrops(t *testing.T) {
	s := newSupervised(t, service(), "good drop")
	r, page := s.proves(7, "--handoffs", "5", "--rate", "600")
	if r.Failed == 0 || !advised(r, "it exits before its requests end", "drain on TERM") || !strings.Contains(page, `class="failed"`) {
		t.Errorf("got %+v", r)
	}
}

func TestProveAServiceThatIsNotReady(t *testing.T) {
	s := newSupervised(t, service(), "good unwell")
	r, _ := s.proves(7, "--handoffs", "2", "--rate", "200")
	if !advised(r, "answered 5xx after the new version had said that it is ready", "send READY=1 only when it can answer") {
		t.Errorf("got %+v", r)
	}
}

// One that is stopped before the next one starts makes clients wait, and loses none:
// its socket is held.
func TestProveAServiceThatIsRestarted(t *testing.T) {
	s := newSupervised(t, service("[services.web.handoff]\nby = \"restart\""), "good")
	r, _ := s.proves(0, "--handoffs", "2", "--rate", "100")
	if r.Done != 2 || r.Failed != 0 {
		t.Errorf("got %+v", r)
	}
}

func TestProveWhatDoesNotStart(t *testing.T) {
	s := newSupervised(t, service("[services.web.ready]\nby = \"notify\""), "bad exit 1")
	text, code := s.verb("prove", "-c", "supervisor.toml")
	if code != exitNotReady || !strings.Contains(text, "what was printed last:\n") || !strings.Contains(text, "cannot prove web: it did not start") {
		t.Errorf("exit code %d:\n%s", code, text)
	}
}

// A supervisor that runs goes on undisturbed, and so do others of its verbs.
func TestProveBesideASupervisor(t *testing.T) {
	s := running(t, service(), "good")
	s.write("supervisor.toml", strings.Replace(service(), "127.0.0.1:0", s.addr, 1))
	text, code := s.verb("prove", "-c", "supervisor.toml")
	if code != exitUsage || !strings.Contains(text, "cannot prove on tcp://"+s.addr+": address in use by supervisor") || !strings.Contains(text, "--listen 127.0.0.1:0") {
		t.Errorf("exit code %d:\n%s", code, text)
	}
	r, _ := s.proves(0, "--handoffs", "1", "--rate", "100", "--listen", "http=127.0.0.1:0")
	if r.Done != 1 {
		t.Errorf("got %+v", r)
	}
	if s.serving() != 1 {
		t.Error("the supervisor that ran was handed off")
	}
	s.serves("good")
	s.write("supervisor.toml", service())
	s.stops()
}

// Ctrl-C ends it with what was seen, and leaves nothing.
func TestProveInterrupted(t *testing.T) {
	s := newSupervised(t, service(), "good")
	s.start("prove", "-c", "supervisor.toml", "--handoffs", "1000", "--rate", "100")
	s.await("handoff 2 of 1000: ready in …, drained in …")
	if err := s.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	s.ends(0)
	s.await("0 of … requests failed during … handoffs of the 1000 that were asked for\nIt was interrupted")
}

// Nothing outlives a prove that is killed.
func TestProveKilled(t *testing.T) {
	s := newSupervised(t, service(), "good")
	s.start("prove", "-c", "supervisor.toml", "--handoffs", "1000", "--rate", "100")
	s.await("handoff 1 of 1000: ready in …")
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	s.ends(-1)
}

func TestProveUsage(t *testing.T) {
	s := newSupervised(t, service(), "good")
	two := "[services.a]\ncommand = [\"a\"]\n[services.b]\ncommand = [\"b\"]\n"
	s.write("two.toml", two)
	for want, args := range map[string][]string{
		"cannot do 0 handoffs":                   {"--handoffs", "0"},
		"cannot ask -1 times a second":           {"--rate", "-1"},
		`cannot ask for "x"`:                     {"--path", "x"},
		`there is no service "wbe"`:              {"--service", "wbe"},
		"cannot tell which service to prove":     {"-c", "two.toml"},
		"cannot write the report: open /nowhere": {"--html", "/nowhere/x.html"},
	} {
		text, code := s.verb(append([]string{"prove", "-c", "supervisor.toml"}, args...)...)
		wantCode := exitUsage
		if strings.HasPrefix(want, "cannot write") {
			wantCode = exitUnexpected
		}
		if args[0] == "-c" {
			text, code = s.verb("prove", "-c", "two.toml")
		}
		if code != wantCode || !strings.Contains(text, want) {
			t.Errorf("%q: exit code %d, want %d:\n%s", args, code, wantCode, text)
		}
	}
}
