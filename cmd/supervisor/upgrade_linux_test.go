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

// After an upgrade it is the new supervisor that records what runs.
func TestUpgradeIsOnRecord(t *testing.T) {
	t.Parallel()
	s := running(t, service(), "v1")
	s.awaitRecord(s.cmd.Process.Pid)
	s.answers(0, "upgraded: supervisor … has taken over", "upgrade")
	pid := s.status().PID
	t.Cleanup(func() { syscall.Kill(pid, syscall.SIGQUIT) })
	s.awaitRecord(pid)
	s.answers(0, "", "stop")
}

// awaitRecord waits until what a killed supervisor would leave is on record by its PID.
func (s *supervised) awaitRecord(pid int) {
	s.t.Helper()
	deadline, again := time.After(patience), time.NewTicker(10*time.Millisecond)
	defer again.Stop()
	for {
		text, err := os.ReadFile(filepath.Join(s.dir, "control"+recordSuffix))
		if err == nil && strings.Contains(string(text), ":"+strconv.Itoa(pid)+",") {
			return
		}
		select {
		case <-again.C:
		case <-deadline:
			s.t.Fatalf("supervisor %d has not recorded what runs: %s, %v", pid, text, err)
		}
	}
}
