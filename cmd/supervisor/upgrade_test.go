//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The PID file names whoever is in charge, whose generations go on in number.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	s := newSupervised(t, service(), "v1")
	s.start("run", "-c", "supervisor.toml", "--pid-file", "pid")
	s.await("web #1 serving")
	s.findAddress()
	s.awaitPIDFile(s.cmd.Process.Pid)
	t.Cleanup(func() { syscall.Kill(s.pidIn("pid"), syscall.SIGQUIT) })
	s.behave("v2")
	s.answers(0, "upgraded: supervisor … has taken over", "upgrade")
	s.awaitPIDFile(s.status().PID)
	s.leaves()
	s.serves("v2")
	if got := s.serving(); got != 2 {
		t.Errorf("generation %d serves, want 2", got)
	}
	s.endsSucceeded()
}

func (s *supervised) pidIn(name string) int {
	text, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		return 0
	}
	pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return pid
}

// awaitPIDFile: a supervisor that begins writes it once its services are ready.
func (s *supervised) awaitPIDFile(pid int) {
	s.t.Helper()
	deadline, again := time.After(patience), time.NewTicker(10*time.Millisecond)
	defer again.Stop()
	for s.pidIn("pid") != pid {
		select {
		case <-again.C:
		case <-deadline:
			s.t.Fatalf("the PID file names %d, want %d", s.pidIn("pid"), pid)
		}
	}
}

// A version that does not get ready is for the supervisor before to hear: it goes on, and
// so does what it serves.
func TestUpgradeWithABadVersion(t *testing.T) {
	t.Parallel()
	s := running(t, service("[services.web.ready]", `by = "notify"`), "v1")
	s.behave("v2 exit 1")
	s.answers(4, "supervisor: error: cannot upgrade: the new program says: web: exited: exit status 1 before it was ready", "upgrade")
	s.serves("v1")
	s.behave("v3")
	s.succeeded("v3")
	s.leaves()
	s.serves("v3")
	s.endsSucceeded()
}

// Dev says that it does not replace itself, and goes on.
func TestUpgradeInDev(t *testing.T) {
	t.Parallel()
	s := newSupervised(t, service(), "v1")
	s.start("dev", "-c", "supervisor.toml")
	s.await("web #1 serving")
	s.findAddress()
	s.answers(4, "supervisor: error: cannot upgrade: dev does not replace itself; end it and start it again", "upgrade")
	s.mark()
	s.cmd.Process.Signal(syscall.SIGUSR2)
	s.await("cannot upgrade: dev does not replace itself")
	s.serves("v1")
	s.stops()
}

// A service that cannot run twice at once is started by the new supervisor when the old
// one has ended it. Clients wait at the socket meanwhile.
func TestUpgradeWithAServiceThatMustBeAlone(t *testing.T) {
	t.Parallel()
	s := running(t, service("[services.web.handoff]", `by = "restart"`), "v1")
	s.succeeded("v2")
	s.await("web #2 serving")
	s.serves("v2")
	s.endsSucceeded()
}

// The version before is not there any more when the next one turns out to be bad: it is
// tried until something can be started.
func TestUpgradeWithABadVersionThatMustBeAlone(t *testing.T) {
	t.Parallel()
	s := running(t, service("[services.web.handoff]", `by = "restart"`, "[services.web.ready]", `by = "notify"`), "v1")
	s.succeeded("v2 exit 1")
	s.await("web #2 … generation 3 runs the previous artifact again")
	s.behave("v3")
	s.serves("v3")
	s.endsSucceeded()
}

// succeeded upgrades the supervisor; its service is to behave so then.
func (s *supervised) succeeded(behave string) {
	s.t.Helper()
	s.behave(behave)
	s.answers(0, "upgraded: supervisor … has taken over", "upgrade")
	heir := s.status().PID
	s.t.Cleanup(func() { syscall.Kill(heir, syscall.SIGQUIT) })
}

// leaves waits for the end of the supervisor that was started. Until it has told its
// generation to drain, that answers, too.
func (s *supervised) leaves() {
	s.t.Helper()
	select {
	case <-s.exited:
	case <-time.After(patience):
		s.t.Fatal("the first supervisor has not ended")
	}
	if got := s.cmd.ProcessState.ExitCode(); got != 0 {
		s.t.Errorf("the first supervisor ended with exit code %d", got)
	}
}

// endsSucceeded waits for the supervisor that was started, and stops the one in charge.
func (s *supervised) endsSucceeded() {
	s.t.Helper()
	s.leaves()
	s.answers(0, "", "stop")
	select {
	case <-s.out.ended:
	case <-time.After(patience):
		s.t.Error("something is left")
	}
}

func FuzzParseEstate(f *testing.F) {
	f.Add([]byte(`{"version":2,"control":"/run/c.sock","sockets":[{"name":"a","ours":true}],"services":[{"name":"web","generation":3,"process":5,"stored":["x"]}]}`), 3)
	f.Add([]byte(`{"version":2,"services":[{"name":"web","serving":3,"adopted":[{"generation":3,"process":4}],"alone":{"generation":3,"processes":[{"pid":7,"id":4}]}}]}`), 2)
	f.Add([]byte(`{"version":3}`), 1)
	f.Add([]byte(`{"version":1,"services":[{"generation":-1}]}`), 1)
	f.Add([]byte(`null`), 1)
	f.Fuzz(func(t *testing.T, text []byte, fds int) {
		e, err := parseEstate(text, fds)
		if err != nil {
			return
		}
		named := 1 + len(e.Sockets)
		for _, s := range e.Services {
			named += len(s.Stored) + len(s.Adopted)
		}
		if named != fds {
			t.Errorf("%d descriptors for %d names", fds, named)
		}
	})
}
