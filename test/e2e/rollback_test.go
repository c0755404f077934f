//go:build unix

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// loads are what a handoff is put under when it is not the load that is tested.
func loads(t *testing.T, addr string) (all []*loading) {
	t.Helper()
	return []*loading{
		startLoad(t, load.Config{Load: load.HTTP, Address: addr, Workers: 4, Rate: 400}),
		startLoad(t, load.Config{Load: load.Keepalive, Address: addr, Workers: 4, Rate: 400}),
	}
}

// answers runs a verb and compares what it says.
func (s *supervised) answers(code int, want, name string, args ...string) {
	s.t.Helper()
	out, got := s.verb(name, args...)
	if got != code || !regexp.MustCompile("^"+want+"\n$").MatchString(out) {
		s.t.Fatalf("%s: exit code %d, want %d; it printed\n%swant\n%s", name, got, code, out, want)
	}
}

// A new version and back, again and again: no request fails.
func TestRollbackUnderLoad(t *testing.T) {
	t.Parallel()
	dir, addr := shortDir(t), freeAddress(t, "http")
	program, number := filepath.Join(dir, "web"), filepath.Join(dir, "number")
	version := func(n int) {
		if err := os.WriteFile(number, []byte(fmt.Sprintf("%09d", n)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	version(0)
	build := fmt.Sprintf("cat %s %s >%s && chmod +x %[3]s", built(t, programs.service), number, program)
	s := start(t, "run", config{
		socket: "http", address: addr, program: program,
		more: fmt.Sprintf("[services.web.build]\ncommand = %q\noutput = %q\n", build, program),
	})
	all := loads(t, addr)
	awaitNewest := func() {
		s.awaitReady(len(s.ready) + 1)
		for _, l := range all {
			l.awaitAnswer(s.newest())
		}
		s.awaitSettled(most)
	}
	for n := 1; n <= 10; n++ {
		version(n)
		s.answers(0, fmt.Sprintf("web: promoted generation %d", 2*n), "reload")
		awaitNewest()
		s.answers(0, fmt.Sprintf("web: promoted generation %d: rolled back to artifact [0-9a-f]{12}; the next reload or save builds the source again", 2*n+1), "rollback", "web")
		awaitNewest()
	}
	for _, l := range all {
		wantNoLoss(t, l.end(), s.ready)
	}
	s.stop()
}

// A version that does not pass its checks is given up, after it has served a share of
// the requests: none fails.
func TestFailedCheckUnderLoad(t *testing.T) {
	t.Parallel()
	addr, ill := freeAddress(t, "http"), filepath.Join(shortDir(t), "ill")
	s := start(t, "run", config{socket: "http", address: addr, more: fmt.Sprintf(
		"[services.web.ready]\nconfirm = \"300ms\"\ncheck = \"http\"\nhttp = %q\n", "/health?ill="+ill)})
	all := loads(t, addr)
	for n := 1; n <= 5; n++ {
		if err := os.WriteFile(ill, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		serving := max(1, 2*n-1)
		s.answers(5, fmt.Sprintf("web: rolled back: a check failed before it was confirmed: cannot probe http://.*: answered 503 Service Unavailable; generation %d serves", serving), "reload")
		s.awaitReady(2 * n)
		if err := os.Remove(ill); err != nil {
			t.Fatal(err)
		}
		s.answers(0, fmt.Sprintf("web: promoted generation %d", 2*n+1), "reload")
		s.awaitReady(2*n + 1)
		for _, l := range all {
			l.awaitAnswer(s.newest())
		}
		s.awaitSettled(most)
	}
	for _, l := range all {
		wantNoLoss(t, l.end(), s.ready)
	}
	s.stop()
}
