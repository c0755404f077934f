package e2e

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// startUpgradablePlain runs the plain service under a supervisor that can be replaced.
func startUpgradablePlain(t *testing.T, addr, more string, args ...string) *upgradable {
	t.Helper()
	dir := shortDir(t)
	s := &supervised{t: t, busy: map[string]bool{}, config: filepath.Join(dir, "supervisor.toml")}
	u := &upgradable{supervised: s, bin: filepath.Join(dir, "supervisor")}
	u.configure(fmt.Sprintf("[services.web]\ncommand = %s\n%s", quoted(append([]string{built(t, plain), addr}, args...)), more))
	s.env = append(os.Environ(), "SUPERVISOR_CONTROL="+filepath.Join(dir, "control"), "XDG_RUNTIME_DIR="+dir,
		"XDG_STATE_HOME="+dir)
	u.install(built(t, programs.supervisor))
	s.run(u.bin, "run")
	u.pid = s.cmd.Process.Pid
	t.Cleanup(func() { syscall.Kill(u.pid, syscall.SIGQUIT) })
	if filepath.IsAbs(addr) {
		awaitPath(t, addr)
	} else {
		awaitListener(t, addr)
	}
	u.poll("the first supervisor in charge", func() bool { return u.status().Services[0].serving() == 1 })
	return u
}

// replace upgrades, and returns when the new supervisor is in charge.
func (u *upgradable) replace() {
	u.t.Helper()
	u.install(built(u.t, programs.supervisor))
	if out, code := u.ask("upgrade"); code != 0 {
		u.t.Fatalf("upgrade: exit code %d: %s", code, out)
	}
	u.succeeded()
}

// awaitRest waits until one generation is left under the supervisor in charge.
func (u *upgradable) awaitRest() {
	u.t.Helper()
	u.poll("rest", func() bool { return len(u.status().Services[0].Generations) == 1 })
}

// What a service has bound for itself goes from one supervisor to the next as a socket
// does that is held, whether the next one then hands off or not.
func TestUpgradeAdopted(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	u := startUpgradablePlain(t, addr, "")
	loads := []*loading{
		startLoad(t, load.Config{Load: load.HTTP, Address: addr, Workers: 4, Rate: 400}),
		startLoad(t, load.Config{Load: load.Slow, Path: "/?d=300ms", Address: addr, Workers: 64, Rate: 20}),
	}
	loads[0].awaitNew()
	open := 0
	for n := range 10 {
		u.replace()
		loads[0].awaitNew()
		if n%3 == 1 { // else the next one comes as soon as it may
			if out, code := u.ask("reload"); code != 0 {
				t.Errorf("reload: exit code %d: %s", code, out)
			}
			loads[0].awaitNew()
			u.awaitRest()
			if open == 0 {
				open = u.descriptors() + 2 // some for a client, and a launcher that waits
			}
		}
	}
	for _, l := range loads {
		r := l.end()
		t.Log(r)
		if r.Requests == 0 || r.Failed() != 0 {
			t.Errorf("want no loss: %v", r)
		}
	}
	u.awaitRest()
	u.awaitDescriptors(open)
	u.end()
}

// A new supervisor that does not come that far changes nothing, and the next one can.
func TestUpgradeAdoptedToABadOne(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	u := startUpgradablePlain(t, addr, "")
	good, err := os.ReadFile(u.config)
	if err != nil {
		t.Fatal(err)
	}
	l := startLoad(t, load.Config{Load: load.HTTP, Address: addr, Workers: 4, Rate: 400})
	l.awaitNew()
	for range 5 {
		// It listens where the other one does, and then another service fails.
		u.configure(string(good) + "[services.late]\ncommand = [\"sh\", \"-c\", \"sleep 0.3; exit 7\"]\n[services.late.ready]\nby = \"notify\"\n")
		u.refused(4, "late: exited: exit status 7")
	}
	u.configure(string(good))
	// It does not even take what it is given, of which nothing must stay open.
	u.installText([]byte("#!/bin/sh\nexit 1\n"), 0o755)
	u.refused(4, "exit status 1")
	if out, code := u.ask("reload"); code != 0 {
		t.Errorf("reload: exit code %d: %s", code, out)
	}
	l.awaitNew()
	u.awaitListeners(addr, 1)
	u.replace()
	l.awaitNew()
	u.replace()
	l.awaitNew()
	r := l.end()
	t.Log(r)
	if r.Requests == 0 || r.Failed() != 0 || len(r.Versions) != 4 {
		t.Errorf("want no loss and 4 versions: %v", r)
	}
	u.end()
}

// A new supervisor that is killed when its service listens already, and a handoff of the
// one that goes on: both know which socket is whose.
func TestUpgradeAdoptedKilled(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	u := startUpgradablePlain(t, addr, "")
	good, err := os.ReadFile(u.config)
	if err != nil {
		t.Fatal(err)
	}
	l := startLoad(t, load.Config{Load: load.HTTP, Address: addr, Workers: 4, Rate: 400})
	l.awaitNew()
	for range 3 {
		u.awaitRest()
		u.awaitListeners(addr, 1)
		u.configure(string(good) + "[services.late]\ncommand = [\"sleep\", \"1000\"]\n[services.late.ready]\nby = \"notify\"\n")
		upgrade := u.begin("upgrade")
		u.awaitListeners(addr, 2)
		if err := syscall.Kill(u.heir(), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if out, code := u.answerOf(upgrade); code != 4 || !strings.Contains(out, "killed") {
			t.Errorf("upgrade: exit code %d: %s", code, out)
		}
		u.configure(string(good))
		u.awaitListeners(addr, 1)
		if out, code := u.ask("reload"); code != 0 {
			t.Errorf("reload: exit code %d: %s", code, out)
		}
		l.awaitNew()
	}
	u.replace()
	l.awaitNew()
	r := l.end()
	t.Log(r)
	if r.Requests == 0 || r.Failed() != 0 || len(r.Versions) != 5 {
		t.Errorf("want no loss and 5 versions: %v", r)
	}
	u.end()
}

// awaitListeners waits until so many sockets listen at an address of IPv4.
func (u *upgradable) awaitListeners(addr string, n int) {
	u.t.Helper()
	at, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		u.t.Fatal(err)
	}
	want := fmt.Sprintf(":%04X 00000000:0000 0A", at.Port)
	u.poll(fmt.Sprintf("%d listeners", n), func() bool {
		text, err := os.ReadFile("/proc/net/tcp")
		return err == nil && strings.Count(string(text), want) == n
	})
}

// What has bound a unix socket, too, must be alone. The next one gets its TCP socket with
// what waits there.
func TestUpgradeAdoptedAndAlone(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	u := startUpgradablePlain(t, addr, "", "@"+addr)
	const workers = 4
	l := startLoad(t, load.Config{Load: load.HTTP, Address: addr, Workers: workers, Rate: 200})
	l.awaitNew()
	const upgrades = 3
	for range upgrades {
		u.replace()
		l.awaitNew()
		u.awaitRest()
	}
	r := l.end()
	t.Log(r)
	// The requests that it had accepted died with it.
	if r.Failures[load.Refused] != 0 || r.Failures[load.Timeout] != 0 || r.Failed() > upgrades*workers || len(r.Versions) != upgrades+1 {
		t.Errorf("want only what was accepted to be lost: %v", r)
	}
	u.end()
}
