package e2e

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// badThings are what a supervisor must survive. Where a process is killed, or crashes,
// with connections that it has accepted, nobody can save these: held is how many there
// may be, at most one of each client for each such process. Everywhere else it is 0.
var badThings = []struct {
	name    string
	config  string
	held    int
	happens func(*survivor)
}{
	{name: "exits with 0", happens: func(s *survivor) {
		s.script("exit 0")
		s.refuses(4, "exit status 0 before it was ready")
	}},
	{name: "exits with 1", happens: func(s *survivor) {
		s.script("exit 1")
		s.refuses(4, "exit status 1 before it was ready")
	}},
	{name: "panics after 200 ms", happens: func(s *survivor) {
		s.with(byMessage, func() {
			s.faulty("-unready -panic 200ms")
			s.refuses(4, "exit status 2 before it was ready")
		})
	}},
	{name: "never ready", happens: func(s *survivor) {
		s.script("exec sleep 1000")
		s.with(byMessage+"timeout = \"300ms\"\n", func() { s.refuses(4, "not ready after 300ms") })
	}},
	{name: "ready, then crashes", held: clients, happens: func(s *survivor) {
		s.faulty("-panic 200ms")
		s.with("[services.web.ready]\nconfirm = \"1m\"\n", func() { s.refuses(5, "exit status 2 before it was confirmed") })
	}},
	{name: "missing", happens: func(s *survivor) {
		if err := os.Remove(s.program); err != nil {
			s.t.Fatal(err)
		}
		s.refuses(4, "no such file or directory")
	}},
	{name: "not executable", happens: func(s *survivor) {
		replaceFile(s.t, s.program, []byte("#!/bin/sh\n"), 0o644)
		s.refuses(4, "permission denied")
	}},
	{name: "wrong architecture", happens: func(s *survivor) {
		text, err := os.ReadFile(s.service())
		if err != nil {
			s.t.Fatal(err)
		}
		const machine, s390 = 18, 22 // e_machine of elf(5), and one that nobody runs these tests on
		text[machine], text[machine+1] = s390, 0
		replaceFile(s.t, s.program, text, 0o755)
		s.refuses(4, "exec format error")
	}},
	{name: "text file busy", happens: func(s *survivor) {
		s.install(s.t)
		f, err := os.OpenFile(s.program, os.O_WRONLY, 0)
		if err != nil {
			s.t.Fatal(err)
		}
		defer f.Close()
		s.refuses(4, "text file busy")
	}},
	{name: "config broken on HUP", happens: func(s *survivor) {
		s.with("[services.web.nonsense\n", func() {
			mark := s.output.mark()
			s.signal(syscall.SIGHUP)
			s.awaitSaid(mark, "config refused, nothing changed: .*supervisor.toml:")
			s.refuses(2, "nothing changed: what served still does")
		})
	}},
	{name: "no descriptors", happens: func(s *survivor) {
		for free := range 12 {
			restore := s.limitFiles(free)
			mark := s.output.mark()
			s.signal(syscall.SIGHUP)
			// What is enough for a handoff is for the supervisor to know.
			s.awaitSaid(mark, "config refused|exited: | serving")
			restore()
		}
	}},
	{name: "the old one is stopped and goes on", happens: func(s *survivor) {
		old := s.process()
		s.kill(old, syscall.SIGSTOP)
		s.puts()
		s.kill(old, syscall.SIGCONT)
	}},
	{name: "the old one is stopped for good", config: shortDrain, held: clients, happens: func(s *survivor) {
		s.kill(s.process(), syscall.SIGSTOP)
		mark := s.output.mark()
		s.puts()
		s.awaitSaid(mark, "killed .*it had not drained in time")
	}},
	{name: "ignores SIGTERM", config: shortDrain, held: clients, happens: func(s *survivor) {
		s.faulty("-deaf")
		s.reloads(0, "promoted")
		mark := s.output.mark()
		s.promotes()
		s.awaitSaid(mark, "killed .*it had not drained in time")
	}},
	{name: "two HUPs 10 ms apart", happens: func(s *survivor) {
		for range 5 {
			s.burst(2, 10*time.Millisecond)
		}
	}},
	{name: "bursts of ten HUPs", happens: func(s *survivor) {
		for range 3 {
			s.burst(10, 0)
		}
	}},
	{name: "USR2 during a handoff", happens: func(s *survivor) {
		// One that has taken over keeps the line of its guardian for good.
		s.upgrade()
		s.awaitServing()
		s.awaitAlone()
		s.rest = s.figures()
		s.makeFIFOs()
		s.script(fmt.Sprintf("echo >%s\nread -r go <%s\nexec %s \"$@\"", s.fifo("started"), s.fifo("go"), s.service()))
		reload := s.begin("reload")
		s.awaitStarted()
		mark := s.output.mark()
		s.signal(syscall.SIGUSR2)
		s.install(s.t)
		s.goOn()
		if out, code := s.answerOf(reload); code != 0 {
			s.t.Fatalf("reload: exit code %d: %s", code, out)
		}
		s.awaitSaid(mark, "has taken over: this one drains")
		s.succeeded()
		s.awaitAlone()
	}},
	{name: "USR2 to a bad program", happens: func(s *survivor) {
		s.installText([]byte("#!/bin/sh\nexit 1\n"), 0o755)
		// tableflip keeps a copy of what it was to pass on, until the next attempt replaces
		// it and the garbage collector closes it.
		s.rest.descriptors += 2
		for range 3 {
			mark := s.output.mark()
			s.signal(syscall.SIGUSR2)
			s.awaitSaid(mark, "cannot upgrade: .*exit status 1")
		}
	}},
	{name: "control socket stolen", happens: func(s *survivor) {
		path := filepath.Join(filepath.Dir(s.config), "control")
		if err := os.Rename(path, path+".away"); err != nil {
			s.t.Fatal(err)
		}
		thief, err := net.Listen("unix", path)
		if err != nil {
			s.t.Fatal(err)
		}
		before := len(s.ready)
		s.signal(syscall.SIGHUP)
		s.awaitReady(before + 1)
		s.awaitNewest()
		thief.Close() // takes its socket away
		if err := os.Rename(path+".away", path); err != nil {
			s.t.Fatal(err)
		}
	}},
	{name: "control socket's path too long", happens: func(s *survivor) {
		cmd := exec.CommandContext(s.t.Context(), s.cmd.Path, "run", "-c", s.config, "--control", "/tmp/"+strings.Repeat("x", 200))
		cmd.Env, cmd.Dir = s.env, s.cmd.Dir
		if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "a socket's path at most") {
			s.t.Errorf("%v: %s", err, out)
		}
	}},
}

const (
	byMessage  = "[services.web.ready]\nby = \"notify\"\n"
	shortDrain = "[services.web.drain]\ntimeout = \"1s\"\n"
)

func (s *survivor) service() string {
	s.t.Helper()
	return built(s.t, programs.service)
}

func (s *survivor) signal(sig syscall.Signal) { s.t.Helper(); s.kill(s.pid, sig) }

func (s *survivor) kill(pid int, sig syscall.Signal) {
	s.t.Helper()
	if err := syscall.Kill(pid, sig); err != nil {
		s.t.Fatal(err)
	}
}

// process is the PID of the newest process of the service.
func (s *survivor) process() int {
	s.t.Helper()
	_, text, _ := strings.Cut(s.newest(), "/")
	pid, err := strconv.Atoi(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return pid
}

// awaitAlone waits until the supervisors before this one have ended.
func (s *survivor) awaitAlone() {
	s.t.Helper()
	deadline, again := time.After(patience), time.NewTicker(20*time.Millisecond)
	defer again.Stop()
	for s.figures().processes > 2 {
		select {
		case n := <-s.notices:
			s.note(n)
		case <-again.C:
		case <-deadline:
			s.t.Fatalf("another supervisor is left: %v", s.figures())
		}
	}
}

// burst sends n times SIGHUP, and waits for the last of them to have been answered.
func (s *survivor) burst(n int, apart time.Duration) {
	s.t.Helper()
	before := len(s.ready)
	for range n {
		s.signal(syscall.SIGHUP)
		<-time.After(apart)
	}
	s.awaitReady(before + 1)
	s.awaitServing()
	s.awaitNewest()
	s.t.Logf("%d times SIGHUP made %d generations", n, len(s.ready)-before)
}
