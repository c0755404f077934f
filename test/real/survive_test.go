//go:build real

package real

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// A survivor is a supervisor to which something bad happens while its service is under
// load. What needs no root is in the table of test/e2e.
type survivor struct {
	*killable
	loads []*loading
	rest  belongings
}

// badThings are those that need root: a full disk, and what the kernel does when there is
// no memory left.
var badThings = []struct {
	name    string
	disk    string // the directory that is a small disk of its own
	happens func(*survivor)
}{
	{"disk full while building", "cache", func(s *survivor) {
		ballast := s.fill(s.path("cache/ballast"))
		s.reloads(3, "No space left on device; generation 2 serves")
		s.remove(ballast)
	}},
	{"disk full while the record is written", "run", func(s *survivor) {
		ballast := s.fill(s.path("run/ballast"))
		for range 3 {
			s.reloads(0, "promoted")
		}
		s.await("no space left on device")
		s.remove(ballast)
	}},
	{"killed for want of memory", "", func(s *survivor) {
		if err := os.WriteFile(fmt.Sprintf("/proc/%d/oom_score_adj", s.cmd.Process.Pid), []byte("1000"), 0o644); err != nil {
			s.t.Fatal(err)
		}
		s.kill()
		s.again()
		s.await("serving")
	}},
	{"killed in the middle of a handoff", "", func(s *survivor) {
		s.signal(syscall.SIGHUP)
		s.await("web #3 starting")
		s.kill()
		s.again()
		s.await("serving")
	}},
}

const build = "cp new cache/web.new && mv cache/web.new cache/web"

// startSurvivor returns when the second generation serves alone.
func startSurvivor(t *testing.T, disk string) *survivor {
	t.Helper()
	addr := free(t)
	s := &survivor{killable: &killable{running: newRunning(t), args: []string{"run"}}}
	for _, dir := range []string{"cache", "run"} {
		if err := os.Mkdir(s.path(dir), 0o755); err != nil {
			t.Fatal(err)
		}
		if dir == disk {
			s.mount(s.path(dir))
		}
	}
	s.env = append(s.env, "SUPERVISOR_CONTROL="+s.path("run/control"))
	if err := os.Link(program("service"), s.path("new")); err != nil {
		t.Fatal(err)
	}
	s.write("build", build)
	s.write("supervisor.toml", fmt.Sprintf("[services.web]\nlisten = [\"http=%s\"]\ncommand = [\"./cache/web\", \"-http\", %q]\n[services.web.build]\ncommand = \"sh -e build\"\noutput = \"cache/web\"\n", addr, addr))
	s.again()
	s.await("web #1 serving")
	for _, kind := range []load.Load{load.HTTP, load.Keepalive} {
		s.loads = append(s.loads, startLoadOf(t, load.Config{Load: kind, Address: addr}))
	}
	s.reloads(0, "promoted")
	s.rests()
	s.rest = s.belongings()
	return s
}

func (s *survivor) mount(dir string) {
	s.t.Helper()
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=64m"); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
}

func (s *survivor) remove(path string) {
	s.t.Helper()
	if err := os.Remove(path); err != nil {
		s.t.Fatal(err)
	}
}

// belongings are what a supervisor has at rest.
type belongings struct{ descriptors, children, zombies int }

func (s *survivor) belongings() (b belongings) {
	s.t.Helper()
	b.descriptors = s.use().fds
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", s.cmd.Process.Pid))
	for _, l := range lists {
		text, _ := os.ReadFile(l)
		for _, child := range strings.Fields(string(text)) {
			pid, _ := strconv.Atoi(child)
			stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
			b.children++
			if strings.Contains(string(stat), ") Z ") {
				b.zombies++
			}
		}
	}
	return b
}

// survived wants the next version to get into service, no request lost, and nothing left.
func (s *survivor) survived() {
	s.t.Helper()
	s.reloads(0, "promoted")
	for _, l := range s.loads {
		l.next(s.t)
	}
	s.rests()
	for _, l := range s.loads {
		l.end(s.t)
	}
	deadline, again := time.After(patience), time.NewTicker(20*time.Millisecond)
	defer again.Stop()
	for {
		b := s.belongings()
		if b.descriptors <= s.rest.descriptors && b.children <= s.rest.children && b.zombies == 0 {
			s.t.Logf("at rest before: %+v; after: %+v", s.rest, b)
			break
		}
		select {
		case <-again.C:
		case <-deadline:
			s.t.Fatalf("at rest there were %+v, left are %+v", s.rest, b)
		}
	}
	s.stops()
	for _, o := range s.outs {
		s.waits(o.ended, "what a killed supervisor left")
	}
}

func TestSurvive(t *testing.T) {
	for _, bad := range badThings {
		t.Run(bad.name, func(t *testing.T) {
			t.Parallel()
			s := startSurvivor(t, bad.disk)
			bad.happens(s)
			s.survived()
		})
	}
}
