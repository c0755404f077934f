//go:build unix

package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestLogs(t *testing.T) {
	s := newSupervised(t, service(`logs = "prefix"`)+"[services.api]\ncommand = [\"sleep\", \"1000\"]\nready.after = \"10ms\"\n", "v1")
	s.start("run", "-c", "supervisor.toml")
	s.await("web #1 serving")
	s.answers(2, "supervisor: error: cannot find \"wed\": there is no such service\nsupervisor: hint: the services are web, api", "logs", "wed")

	// Followed, it shows what comes, over handoffs.
	cmd := exec.Command("supervisor", "logs", "-f", "web")
	cmd.Dir, cmd.Env = s.dir, s.env
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	lines := make(chan string)
	go func() {
		defer close(lines)
		for in := bufio.NewScanner(out); in.Scan(); {
			lines <- in.Text()
		}
	}()
	next := func(want string) {
		t.Helper()
		select {
		case got := <-lines:
			if !fits(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		case <-time.After(patience):
			t.Fatalf("never %q", want)
		}
	}
	next("… web #1 | service v1 notifies …")
	s.answers(0, "supervisor: api: its output goes where the supervisor's goes, and is not seen here: set logs = prefix, json or file:PATH\n… web #1 | service v1 notifies …", "logs")
	s.behave("v2")
	s.answers(0, "web: promoted generation 2", "reload", "web")
	next("… web #2 | service v2 notifies …")
	s.stops()
	select {
	case _, more := <-lines:
		if more {
			t.Error("there is more")
		}
	case <-time.After(patience):
		t.Fatal("logs -f does not end with the supervisor")
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("logs -f: %v", err)
	}
}

func TestReopenNothing(t *testing.T) {
	s := running(t, service(), "v1")
	s.cmd.Process.Signal(syscall.SIGUSR1)
	s.await("USR1 has nothing to reopen: no service has logs = file:PATH")
	s.stops()
}

// A log file that cannot be opened is a reason not to start, and leaves what serves.
func TestLogFileThatCannotBeOpened(t *testing.T) {
	s := running(t, service(), "v1")
	s.write("supervisor.toml", service(`logs = "file:no/such.log"`))
	s.answers(4, "web: exited: cannot open the log file: open …/no/such.log: no such file or directory before it was ready; generation 1 serves", "reload")
	s.serves("v1")
	s.write("supervisor.toml", service(`logs = "file:web.log"`))
	s.answers(0, "web: promoted generation 3", "reload")
	if st := s.status(); st.Services[0].Logs != "file:web.log" {
		t.Errorf("the status says %q", st.Services[0].Logs)
	}
	s.eventually("the log file has what the service has printed", func() bool {
		text, err := os.ReadFile(filepath.Join(s.dir, "web.log"))
		return err == nil && strings.HasPrefix(string(text), "service v1 notifies")
	})
	s.stops()
}

// An output that nobody reads holds a service up for a while, and not for ever.
func TestStuckOutput(t *testing.T) {
	for _, mode := range []string{"run", "dev"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			s := newSupervised(t, `[services.web]
command = ["sh", "-c", "yes $(seq -s, 300) | head -c 8000000; touch done; exec sleep 1000"]
logs = "prefix"
ready.after = "10ms"
`, "v1")
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("supervisor", mode, "-c", "supervisor.toml")
			cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = s.dir, s.env, w, w
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			w.Close()
			for deadline := time.Now().Add(patience); ; {
				if _, err := os.Stat(filepath.Join(s.dir, "done")); err == nil {
					break
				}
				if time.Now().After(deadline) {
					t.Error("the service is held up")
					break
				}
				<-time.After(10 * time.Millisecond)
			}
			cmd.Process.Signal(syscall.SIGTERM)
			cmd.Wait()
			r.Close()
		})
	}
}
