//go:build unix

package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A config that cannot be read changes nothing, whoever asks for it.
func TestBadConfig(t *testing.T) {
	for _, test := range []struct{ name, config, want string }{
		{"no TOML", "[services.web]\ncommand = [\"service\"\n", "supervisor.toml:2:21: expected character ]…"},
		{"unknown key", service(`drian.timeout = "5s"`), `supervisor.toml:4: services.web.drian: unknown key (did you mean "drain"?)`},
		{"wrong type", service(`workers = "two"`), `supervisor.toml:4: services.web.workers: found "two", want a whole number from 1 to 1024`},
		{"not an address", "[services.web]\nlisten = [\"web=tcp:80\"]\ncommand = [\"service\"]\n", "supervisor.toml:2: services.web.listen[0]: cannot use address \"web=tcp:80\": …"},
		{"nothing to run", "[services.web]\n", "supervisor.toml:1: services.web: neither package nor command is set (set one of them, or build.command and build.output)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := running(t, service(), "v1")
			s.write("supervisor.toml", test.config)
			s.behave("v2")
			s.refuses("cannot load config: " + test.want)
			s.write("supervisor.toml", service())
			s.recovers()
		})
	}
}

// refuses: neither a reload nor SIGHUP puts the config into force, and why is said.
func (s *supervised) refuses(why string) {
	s.t.Helper()
	s.answers(2, "supervisor: error: "+why+"\nsupervisor: hint: nothing changed: what served still does", "reload")
	s.serves("v1")
	s.mark()
	s.hangUp()
	s.await("config refused, nothing changed: " + strings.TrimSuffix(why, "…"))
	s.serves("v1")
	if st := s.status(); len(st.Services) != 1 || len(st.Services[0].Generations) != 1 {
		s.t.Errorf("something changed: %+v", st)
	}
}

// A config that is gone changes nothing either.
func TestConfigGone(t *testing.T) {
	t.Parallel()
	s := running(t, service(), "v1")
	if err := os.Remove(filepath.Join(s.dir, "supervisor.toml")); err != nil {
		t.Fatal(err)
	}
	s.refuses("cannot load config: supervisor.toml: no such file")
	s.write("supervisor.toml", service())
	s.recovers()
}

// taken is an address that this process listens on.
func taken(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

// held is the message of an address that this process holds.
func held(t *testing.T, addr string) string {
	t.Helper()
	text := "cannot listen on tcp://" + addr + ": address in use"
	if name, err := os.ReadFile("/proc/self/comm"); err == nil { // only Linux tells
		text += " by " + strings.TrimSpace(string(name)) + " (pid " + strconv.Itoa(os.Getpid()) + ")"
	}
	return text
}

func TestAddressInUseAtStart(t *testing.T) {
	t.Parallel()
	addr := taken(t)
	s := newSupervised(t, service(), "v1")
	s.start("run", "--listen", addr, "--", "service")
	s.ends(2)
	s.await("supervisor: error: " + held(t, addr) + "\nsupervisor: hint: end that program, or choose another address\n")
}

func TestAddressInUseOnReload(t *testing.T) {
	t.Parallel()
	s := running(t, service(), "v1")
	addr := taken(t)
	s.write("supervisor.toml", fmt.Sprintf("[services.web]\ncommand = [\"service\"]\nlisten = [\"http=127.0.0.1:0\", \"admin=%s\"]\n", addr))
	s.refuses(held(t, addr))
	s.write("supervisor.toml", service())
	s.recovers()
}

// Of two supervisors in a directory the second ends at once.
func TestSecondSupervisor(t *testing.T) {
	t.Parallel()
	s := running(t, service(), "v1")
	s.answers(2, fmt.Sprintf("supervisor: error: cannot open the control socket: another supervisor answers on %s (pid %d)\n"+
		"supervisor: hint: to run a second one beside it, give it a socket of its own with --control",
		filepath.Join(s.dir, "control"), s.cmd.Process.Pid), "run", "-c", "supervisor.toml")
	s.serves("v1")
	s.recovers()
}

func TestUnknownService(t *testing.T) {
	t.Parallel()
	s := running(t, service(), "v1")
	s.answers(2, "supervisor: error: cannot find \"wed\": there is no such service\nsupervisor: hint: the services are web", "reload", "web", "wed")
	s.serves("v1")
	s.recovers()
}
