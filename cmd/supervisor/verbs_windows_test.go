package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/windows"

	"github.com/seed-27ba25bb/supervisor/internal/control"
)

// verb runs one as an operator does.
func (s *supervised) verb(args ...string) (out string, code int) {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), os.Args[0], append(args, "--control", filepath.Join(s.dir, "control"))...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), as+"=supervisor", "LOCALAPPDATA="+s.dir)
	text, err := cmd.CombinedOutput()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		s.t.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

// The verbs end with the same codes as elsewhere, and status says what the job object counts.
func TestVerbs(t *testing.T) {
	s := begin(t, "run", `
command = ["./server.exe"]
build.command = 'if exist broken (echo it is broken & exit 1) else (copy /y /b "%TEST_BINARY%" server.exe >NUL)'
build.output = "server.exe"
ready.timeout = '5s'
`)
	for _, c := range []struct {
		change, content string
		verb            string
		code            int
		says            string
	}{
		{"behave", "", "status", exitFine, "[1 processes, cpu "},
		{"behave", "", "reload", exitFine, "promoted"},
		{"broken", "", "reload", exitBuildFailed, "it is broken"},
		{"behave", "exit", "reload", exitNotReady, "exit status 7"},
		{"behave", "", "upgrade", exitNotReady, "stop it and start the new one"},
		{"behave", "", "reload", exitFine, "promoted"},
		{"behave", "", "stop", exitFine, ""},
		{"behave", "", "status", exitNoSupervisor, "no supervisor answers"},
	} {
		s.write(c.change, c.content)
		if c.change != "broken" {
			os.Remove(filepath.Join(s.dir, "broken"))
		}
		out, code := s.verb(c.verb)
		t.Logf("supervisor %s: exit code %d\n%s", c.verb, code, out)
		if code != c.code || !strings.Contains(out, c.says) {
			t.Errorf("%s: exit code %d, want %d and %q", c.verb, code, c.code, c.says)
		}
	}
	if err := s.cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// A supervisor that is killed while it builds leaves nothing of the build, and what serves goes on.
func TestKilledBuild(t *testing.T) {
	s := begin(t, "run", `
command = ["./server.exe"]
build.command = 'if exist slow (set SUPERVISOR_TEST_AS=builder& "%TEST_BINARY%") else (copy /y /b "%TEST_BINARY%" server.exe >NUL)'
build.output = "server.exe"
`)
	service := follow(t, processes(s.until(func(v control.Service) bool { return len(processes(v)) == 1 }))[0])
	s.write("slow", "")
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		s.client.Reload(t.Context(), nil) // until the supervisor is gone
	}()
	var pid int
	s.until(func(control.Service) bool {
		text, _ := os.ReadFile(filepath.Join(s.dir, "builder"))
		n, _ := fmt.Sscanf(string(text), "builder %d\n", &pid)
		return n == 1
	})
	builder := follow(t, pid)
	if ended(builder, 0) {
		t.Fatal("it ended too early")
	}
	s.cmd.Process.Kill()
	if !ended(builder, limit) {
		t.Error("what the build has started outlives the supervisor")
	}
	if ended(service, 0) {
		t.Error("the service ended with the supervisor")
	}
	s.cmd.Wait()
	<-asked
	if err := windows.TerminateProcess(service, 1); err != nil {
		t.Error(err)
	}
}
