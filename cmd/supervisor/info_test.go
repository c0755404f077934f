//go:build unix

package main

import (
	"encoding/json"
	"path/filepath"
	"testing"
)

// Of a supervisor that runs, info tells what it has in force.
func TestInfoOfARunningSupervisor(t *testing.T) {
	s := running(t, service(), "good")
	text, code := s.verb("info", "--json")
	var got information
	if err := json.Unmarshal([]byte(text), &got); err != nil || code != 0 {
		t.Fatalf("exit code %d, %v:\n%s", code, err, text)
	}
	if got.Running == nil || got.Running.PID != s.cmd.Process.Pid || got.Running.Mode != "run" || got.Running.Started.IsZero() {
		t.Errorf("running is %+v", got.Running)
	}
	if got.Control != filepath.Join(s.dir, "control") || len(got.Config) != 1 || filepath.Base(got.Config[0]) != "supervisor.toml" {
		t.Errorf("got %+v", got)
	}
	if got.Version == "" || got.Go == "" || got.Kernel == "" || got.Built.IsZero() || len(got.Features) == 0 {
		t.Errorf("got %+v", got)
	}
	s.stops()
}

// The services of a supervisor that runs are offered, whatever the config says now.
func TestCompletionOfARunningSupervisor(t *testing.T) {
	s := running(t, service(), "good")
	s.write("supervisor.toml", "[services.other]\ncommand = [\"other\"]\n")
	s.answers(0, "web\n:4\nCompletion ended with directive: …", "__complete", "reload", "")
	s.stops()
}
