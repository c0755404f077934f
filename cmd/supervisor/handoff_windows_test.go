package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/windows"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// Fifty handoffs: no new connection is refused or lost, what is in flight finishes, and the
// supervisor keeps none of the handles.
func TestFiftyHandoffs(t *testing.T) {
	const (
		handoffs = 50
		settled  = 10 // handoffs, until there is all that stays
		some     = 20 // handles, of threads for instance, that come and go
	)
	s := begin(t, "run", "")
	at := s.address()
	stop := loaded(t,
		load.Config{Load: load.HTTP, Address: at, Rate: 20, Workers: 2, Timeout: limit},
		load.Config{Load: load.Keepalive, Address: at, Rate: 20, Timeout: limit},
		load.Config{Load: load.Slow, Address: at, Path: "/?d=2s", Timeout: limit},
		load.Config{Load: load.H2C, Address: at, Rate: 10, Timeout: limit},
	)
	var took []time.Duration
	var before int
	for n := 2; n <= handoffs+1; n++ {
		began := time.Now()
		if v := s.reload(); v.Outcome != lifecycle.Promoted || v.Generation != n {
			t.Fatalf("handoff %d: %+v", n-1, v)
		}
		took = append(took, time.Since(began))
		if n-1 == settled {
			before = s.handles()
		}
	}
	after := s.handles()
	for i, r := range stop() {
		if t.Log(r); r.Failed() > 0 || len(r.Versions) < 3 {
			t.Errorf("load %d: %v", i, r)
		}
	}
	slices.Sort(took)
	t.Logf("from the reload to its verdict: %v, at worst %v; handles of the supervisor: %d after %d handoffs, %d after %d",
		took[handoffs/2].Round(time.Millisecond), took[handoffs-1].Round(time.Millisecond), before, settled, after, handoffs)
	if after > before+some {
		t.Error("the supervisor keeps handles")
	}
	s.stop()
}

// Whatever is wrong with the next version, the one that serves goes on.
func TestBadVersions(t *testing.T) {
	s := begin(t, "run", "ready.timeout = '5s'")
	for _, c := range []struct {
		behave string
		want   lifecycle.Outcome
	}{{"exit", lifecycle.Died}, {"hang", lifecycle.NotReady}} {
		s.write("behave", c.behave)
		if v := s.reload(); v.Outcome != c.want || v.Serving != 1 {
			t.Errorf("%s: %+v", c.behave, v)
		}
		if got := s.get(); got != "1" {
			t.Errorf("%s: generation %s answers", c.behave, got)
		}
	}
	s.write("behave", "")
	if v := s.reload(); v.Outcome != lifecycle.Promoted {
		t.Errorf("the next good one: %+v", v)
	}
	s.stop()
}

// One that crashes at its first request, before it has held, is rolled back.
func TestRolledBack(t *testing.T) {
	s := begin(t, "run", "ready.confirm = '20s'")
	s.write("behave", "crash")
	stop := loaded(t, load.Config{Load: load.HTTP, Address: s.address(), Rate: 20, Timeout: limit})
	v := s.reload()
	stop() // what the one that crashes was asked is lost
	if v.Outcome != lifecycle.RolledBack || v.Serving != 1 {
		t.Errorf("got %+v", v)
	}
	if got := s.get(); got != "1" {
		t.Errorf("generation %s answers", got)
	}
}

// A build replaces an executable that runs, and one that fails changes nothing.
func TestBuilds(t *testing.T) {
	s := begin(t, "run", `
command = ["./server.exe"]
build.command = 'if exist broken (echo it is broken & exit 1) else (copy /y /b "%TEST_BINARY%"+version server.exe >NUL)'
build.output = "server.exe"
`, "version")
	was := artifact(s)
	for n := 2; n < 5; n++ {
		s.write("version", fmt.Sprint(n))
		if v := s.reload(); v.Outcome != lifecycle.Promoted || v.Generation != n {
			t.Fatalf("got %+v", v)
		}
		if now := artifact(s); now == was {
			t.Errorf("generation %d is what the one before was", n)
		} else {
			was = now
		}
	}
	s.write("broken", "")
	if v := s.reload(); v.Outcome != lifecycle.BuildBroken || v.Serving != 4 {
		t.Errorf("got %+v", v)
	}
	if got := s.get(); got != "4" {
		t.Errorf("generation %s answers", got)
	}
	if !strings.Contains(s.output(), "it is broken") {
		t.Error("nobody says why")
	}
	s.stop()
}

// So does one that makes the very executable that runs, where it stands or by a name without its .exe.
func TestBuildsWhereItStands(t *testing.T) {
	for name, output := range map[string]string{"stands": "", "output": "build.output = 'Server.exe'"} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, "run", `
command = ["./server"]
build.command = 'copy /y /b "%TEST_BINARY%"+version server.exe >NUL'
drain.timeout = '5s'
`+output, "version")
			for n := 2; n < 4; n++ {
				s.write("version", fmt.Sprint(n))
				if v := s.reload(); v.Outcome != lifecycle.Promoted || v.Generation != n {
					t.Fatalf("got %+v", v)
				}
				if got := s.get(); got != fmt.Sprint(n) {
					t.Errorf("generation %s answers", got)
				}
			}
			s.until(func(v control.Service) bool { return len(v.Generations) == 1 })
			s.write("version", "last")
			if v := s.reload(); v.Outcome != lifecycle.Promoted {
				t.Fatalf("got %+v", v)
			}
			if all, err := filepath.Glob(filepath.Join(s.dir, "*~")); err != nil || len(all) > 1 || output != "" && len(all) > 0 {
				t.Errorf("left: %q, %v", all, err)
			}
			s.stop()
		})
	}
}

func artifact(s *supervised) string {
	v := s.until(func(v control.Service) bool { return len(v.Generations) == 1 && serving(v) != 0 })
	return v.Generations[0].Artifact
}

// Nothing outlives a supervisor of dev that is killed.
func TestKilledDev(t *testing.T) {
	s := begin(t, "dev", "")
	s.write("behave", "parent") // which dev sees
	v := s.until(func(v control.Service) bool {
		return len(v.Generations) == 1 && strings.HasPrefix(v.Generations[0].Status, "child ")
	})
	var child int
	fmt.Sscanf(v.Generations[0].Status, "child %d", &child)
	service, grandchild := follow(t, processes(v)[0]), follow(t, child)
	if ended(service, 0) || ended(grandchild, 0) {
		t.Fatal("they are gone too early")
	}
	s.cmd.Process.Kill()
	if !ended(service, limit) || !ended(grandchild, limit) {
		t.Error("a process outlives the supervisor")
	}
}

// In production what serves goes on.
func TestKilledRun(t *testing.T) {
	s := begin(t, "run", "")
	at := s.address()
	service := follow(t, processes(s.until(func(v control.Service) bool { return len(processes(v)) == 1 }))[0])
	s.cmd.Process.Kill()
	s.cmd.Wait()
	stop := loaded(t, load.Config{Load: load.HTTP, Address: at, Max: 5, Timeout: limit})
	if ended(service, time.Second) {
		t.Fatal("it ended with the supervisor")
	}
	if r := stop()[0]; r.Failed() > 0 || r.Requests == 0 {
		t.Error(r)
	}
	if err := windows.TerminateProcess(service, 1); err != nil {
		t.Error(err)
	}
}

// What a job object counts is in the status.
func TestUsage(t *testing.T) {
	s := begin(t, "run", "")
	s.write("behave", "parent")
	s.reload()
	v := s.until(func(v control.Service) bool { return len(v.Generations) == 1 && serving(v) == 2 })
	u := v.Generations[0].Processes[0].Usage
	if u == nil || u.Processes != 2 || u.Started != 2 || u.Memory == 0 {
		t.Errorf("got %+v", u)
	}
	s.write("behave", "")
}

// A version that does not end in time is ended, with its processes.
func TestDrainDeadline(t *testing.T) {
	s := begin(t, "run", "drain.timeout = '2s'")
	s.write("behave", "deaf")
	s.reload()
	v := s.until(func(v control.Service) bool { return len(v.Generations) == 1 })
	deaf := follow(t, processes(v)[0])
	s.write("behave", "")
	s.reload()
	if !ended(deaf, limit) {
		t.Error("it was not ended")
	}
	s.until(func(v control.Service) bool { return len(v.Generations) == 1 })
	if !strings.Contains(s.output(), "killed") {
		t.Error("nobody says that it was killed")
	}
	s.stop()
}

// A stop lets what is in flight finish, and leaves no file.
func TestStop(t *testing.T) {
	s := begin(t, "run", "")
	done := loaded(t, load.Config{Load: load.Slow, Address: s.address(), Path: "/tell", Max: 1, Timeout: limit})
	s.until(func(v control.Service) bool { return v.Generations[0].Status == "asked" })
	s.stop()
	if r := done()[0]; r.Failed() > 0 || r.Requests != 1 {
		t.Error(r)
	}
	left, err := filepath.Glob(filepath.Join(s.dir, "control*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "supervisor.toml")); err != nil {
		t.Error(err)
	}
}

// What a service prints goes to its file, whatever becomes of the supervisor, and one
// that cannot be opened keeps the next version from starting.
func TestLogFile(t *testing.T) {
	s := begin(t, "run", "logs = 'file:web.log'")
	s.write("behave", "says")
	if v := s.reload(); v.Outcome != lifecycle.Promoted {
		t.Fatalf("got %+v", v)
	}
	file, old := filepath.Join(s.dir, "web.log"), filepath.Join(s.dir, "old.log")
	if err := errors.Join(os.Rename(file, old), os.Mkdir(file, 0o700)); err != nil {
		t.Fatal(err)
	}
	if v := s.reload(); v.Outcome == lifecycle.Promoted || v.Serving != 2 || !strings.Contains(v.Reason, "cannot open the log file") {
		t.Errorf("without a file: %+v", v)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if v := s.reload(); v.Outcome != lifecycle.Promoted {
		t.Errorf("got %+v", v)
	}
	for name, want := range map[string]string{old: "says 2\n", file: "says 4\n"} {
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%s has %q, %v, want %q", name, got, err, want)
		}
	}
	s.stop()
}
