package e2e

import (
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// awaitPath waits for the first process to listen at a path.
func awaitPath(t *testing.T, path string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		c, err := net.Dial("unix", path)
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// A unix socket that a program binds for itself is handed off like one of TCP, whether
// that was asked for by name or not.
func TestAdoptedPath(t *testing.T) {
	for name, more := range map[string]string{
		"auto":  drain3s,
		"adopt": "[services.web.handoff]\nby = \"adopt\"\n" + drain3s,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(shortDir(t), "web")
			s := startPlain(t, path, more)
			awaitPath(t, path)
			l := startLoad(t, load.Config{Load: load.Unix, Address: path, Workers: 4, Rate: 800})
			l.awaitNew()
			const rounds = 20
			for range rounds {
				s.handOff(l)
			}
			r := l.end()
			t.Log(r)
			if r.Requests == 0 || r.Failed() != 0 || len(r.Versions) != rounds+1 {
				t.Errorf("want no loss and %d versions: %v", rounds+1, r)
			}
			web := s.web()
			if len(web.Sockets) != 1 || !web.Sockets[0].Learnt || web.Sockets[0].Address != "unix://"+path {
				t.Errorf("sockets: %+v", web.Sockets)
			}
			s.stop()
			if all, err := os.ReadDir(filepath.Dir(path)); err != nil || len(all) > 1 {
				t.Errorf("left beside the path: %v, %v", all, err)
			}
		})
	}
}

// What a process has bound at a path goes from one supervisor to the next.
func TestUpgradeAdoptedPath(t *testing.T) {
	t.Parallel()
	path := filepath.Join(shortDir(t), "web")
	u := startUpgradablePlain(t, path, "")
	l := startLoad(t, load.Config{Load: load.Unix, Address: path, Workers: 4, Rate: 400})
	l.awaitNew()
	for n := range 6 {
		u.replace()
		l.awaitNew()
		if n%2 == 1 {
			if out, code := u.ask("reload"); code != 0 {
				t.Errorf("reload: exit code %d: %s", code, out)
			}
			l.awaitNew()
			u.awaitRest()
		}
	}
	r := l.end()
	t.Log(r)
	if r.Requests == 0 || r.Failed() != 0 {
		t.Errorf("want no loss: %v", r)
	}
	u.awaitRest()
	u.end()
	if all, err := os.ReadDir(filepath.Dir(path)); err != nil || len(all) > 1 {
		t.Errorf("left beside the path: %v, %v", all, err)
	}
}
