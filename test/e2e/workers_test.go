//go:build unix

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// everyKind starts clients of several kinds at once.
func everyKind(t *testing.T, addr string) (end func(ready []string)) {
	t.Helper()
	var all []*loading
	for _, c := range []load.Config{
		{Load: load.HTTP, Workers: 2, Rate: 200},
		{Load: load.Keepalive, Workers: 4, Rate: 200},
		{Load: load.H2C, Workers: 2, Rate: 100},
		{Load: load.Websocket, Workers: 2, Rate: 50},
	} {
		c.Address = addr
		all = append(all, startLoad(t, c))
	}
	return func(ready []string) {
		t.Helper()
		for _, l := range all {
			r := l.end()
			wantNoLoss(t, r, ready)
			t.Log(r)
		}
	}
}

func (s *supervised) status() control.Service {
	s.t.Helper()
	out, code := s.verb("status", "--json")
	var st control.Status
	if err := json.Unmarshal([]byte(out), &st); err != nil || code != 0 || len(st.Services) != 1 {
		s.t.Fatalf("status: exit code %d, %v\n%s", code, err, out)
	}
	return st.Services[0]
}

func TestScaleUnderLoad(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	s := start(t, "run", config{socket: "http", address: addr, hold: "200ms", more: "workers = 2\n"})
	s.awaitReady(2)
	end, now := everyKind(t, addr), 2
	for _, n := range []int{5, 1, 3, 1, 4, 2, 1, 2, 5, 1} {
		before := len(s.ready)
		if out, code := s.verb("scale", fmt.Sprintf("web=%d", n)); code != 0 {
			t.Fatalf("scale to %d: exit code %d\n%s", n, code, out)
		}
		s.awaitReady(before + max(0, n-now))
		s.awaitSettled(n)
		now = n
	}
	end(s.ready)
	s.stop()
}

func TestRollingUnderLoad(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	s := start(t, "run", config{socket: "http", address: addr, hold: "100ms", more: "workers = 3\nhandoff.rolling = true\n"})
	s.awaitReady(3)
	end := everyKind(t, addr)
	for range 8 {
		before := len(s.ready)
		if out, code := s.verb("reload"); code != 0 {
			t.Fatalf("reload: exit code %d\n%s", code, out)
		}
		s.awaitReady(before + 3)
		s.awaitSettled(3)
	}
	end(s.ready)
	s.stop()
}

// Workers of the new version fail one after the other has been replaced: the old
// version has all of its own again, and nobody notices.
func TestRollingFailsUnderLoad(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	s := start(t, "run", config{socket: "http", address: addr, hold: "100ms", more: "workers = 3\nhandoff.rolling = true\n"})
	s.awaitReady(3)
	good, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	// As many of its processes run as there are words behind it, and the next one fails.
	script := filepath.Join(filepath.Dir(s.config), "halfway")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nmkdir \"$1\" 2>/dev/null || mkdir \"$2\" 2>/dev/null || exit 1\nshift 2\nexec \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	end := everyKind(t, addr)
	for round := range 5 {
		first := filepath.Join(filepath.Dir(s.config), fmt.Sprint(round, "a"))
		second := first
		if round%2 == 1 {
			second += "b"
		}
		bad := strings.Replace(string(good), "command = [", fmt.Sprintf("command = [%q, %q, %q, ", script, first, second), 1)
		if err := os.WriteFile(s.config, []byte(bad), 0o644); err != nil {
			t.Fatal(err)
		}
		serving, replaced := s.status().Generations[0].Number, 1+round%2
		before := len(s.ready)
		out, code := s.verb("reload")
		if code != 5 || !strings.Contains(out, "web: rolled back: ") || !strings.Contains(out, fmt.Sprintf("; generation %d serves", serving)) {
			t.Fatalf("reload: exit code %d\n%s", code, out)
		}
		s.awaitReady(before + 2*replaced) // they, and those that take their places again
		s.awaitSettled(3)
		g := s.status().Generations[0]
		if g.Number != serving || g.Phase != string(lifecycle.Serving) || len(g.Processes) != 3 {
			t.Errorf("in the end: %+v", g)
		}
	}
	end(s.ready)
	s.stop()
}
