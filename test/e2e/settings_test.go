//go:build unix

package e2e

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// Whatever shows that a generation is ready, the handoff loses nothing. The probes
// ask at the address that the old generation still serves.
func TestReadyBy(t *testing.T) {
	for by, more := range map[string]string{
		"http":  `http = "/"`,
		"tcp":   ``,
		"exec":  `exec = ["sh", "-c", "kill -0 $$MAINPID"]`,
		"alive": `after = "20ms"`,
	} {
		t.Run(by, func(t *testing.T) {
			t.Parallel()
			addr := freeAddress(t, "http")
			s := start(t, "run", config{socket: "http", address: addr, more: fmt.Sprintf("[services.web.ready]\nby = %q\n%s\n", by, more)})
			l := startLoad(t, load.Config{Load: load.HTTP, Address: addr, Workers: 4, Rate: 400})
			l.awaitAnswer(s.newest())
			for range 10 {
				before := len(s.ready)
				if out, code := s.verb("reload"); code != 0 {
					t.Fatalf("reload: exit code %d\n%s", code, out)
				}
				s.awaitReady(before + 1)
				l.awaitAnswer(s.newest())
			}
			if out, _ := s.verb("status", "--json"); !strings.Contains(out, fmt.Sprintf(`"ready_by": %q`, by)) {
				t.Errorf("the status does not say ready by %s:\n%s", by, out)
			}
			r := l.end()
			wantNoLoss(t, r, s.ready)
			s.stop()
		})
	}
}

// A new address is open when the reload returns; the old one closes after the drain.
func TestAddressChange(t *testing.T) {
	t.Parallel()
	from, to := freeAddress(t, "http"), freeAddress(t, "http")
	s := start(t, "run", config{socket: "http", address: from})
	config{socket: "http", address: to}.write(t, filepath.Dir(s.config), s.roster)
	if out, code := s.verb("reload"); code != 0 {
		t.Fatalf("reload: exit code %d\n%s", code, out)
	}
	s.awaitReady(2)
	l := startLoad(t, load.Config{Load: load.HTTP, Address: to, Workers: 2, Rate: 100})
	l.awaitAnswer(s.newest())
	wantNoLoss(t, l.end(), s.ready[1:])
	s.awaitSettled(1)
	for deadline := time.Now().Add(patience); ; {
		c, err := net.Dial("tcp", from)
		if errors.Is(err, syscall.ECONNREFUSED) {
			break
		}
		if err == nil {
			c.Close()
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is still open after the drain: %v", from, err)
		}
	}
	s.stop()
}

// Services of one config are handed off each for itself, with all their processes.
func TestSeveralServices(t *testing.T) {
	t.Parallel()
	web, api := freeAddress(t, "http"), freeAddress(t, "http")
	s := start(t, "run", config{socket: "http", address: web, more: fmt.Sprintf(
		"[services.api]\nlisten = [%q]\nworkers = 2\ncommand = %s\n", "api=tcp://"+api,
		quoted([]string{built(t, programs.service), "-http", api, "-roster", "ROSTER"}))})
	s.awaitReady(3)
	s.awaitSettled(3)
	onWeb := startLoad(t, load.Config{Load: load.Keepalive, Address: web, Workers: 2, Rate: 200})
	onAPI := startLoad(t, load.Config{Load: load.HTTP, Address: api, Workers: 2, Rate: 200})
	for range 10 {
		before := len(s.ready)
		if out, code := s.verb("reload", "api"); code != 0 {
			t.Fatalf("reload: exit code %d\n%s", code, out)
		}
		s.awaitReady(before + 2)
	}
	r := onWeb.end()
	wantNoLoss(t, r, s.ready)
	if len(r.Versions) != 1 {
		t.Errorf("the service that was not named answered as %v", r.Versions)
	}
	wantNoLoss(t, onAPI.end(), s.ready)
	s.stop()
}
