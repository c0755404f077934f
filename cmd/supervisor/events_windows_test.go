package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc/eventlog"
)

// heard is an event log that can be looked at.
type heard []string

func (h *heard) Info(id uint32, text string) error    { return h.add("info", id, text) }
func (h *heard) Warning(id uint32, text string) error { return h.add("warning", id, text) }
func (h *heard) Error(id uint32, text string) error   { return h.add("error", id, text) }

func (h *heard) add(kind string, id uint32, text string) error {
	*h = append(*h, fmt.Sprintf("%s %d %s", kind, id, text))
	return nil
}

// Each line is an event of its level; one that is too long is several, and not the last.
func TestCopyEvents(t *testing.T) {
	long := strings.Repeat("x", longestEvent)
	var h heard
	copyEvents(&h, strings.NewReader("2026-01-01T00:00:00.000Z info  web #1 serving\r\n2026-01-01T00:00:00.000Z warn  web #1 error\n"+
		"2026-01-01T00:00:00.000Z error web #1 crashed\nsupervisor: error: cannot load config\n\n"+long+"yz\nlast"))
	want := []string{
		"info 1 2026-01-01T00:00:00.000Z info  web #1 serving", "warning 1 2026-01-01T00:00:00.000Z warn  web #1 error",
		"error 1 2026-01-01T00:00:00.000Z error web #1 crashed", "error 1 supervisor: error: cannot load config", "info 1 ",
		"info 1 " + long, "info 1 yz", "info 1 last",
	}
	if !slices.Equal(h, want) {
		t.Errorf("got\n%.200q\nwant\n%.200q", []string(h), want)
	}
}

// What the supervisor prints as a service is found in the event log.
func TestEventLog(t *testing.T) {
	if out, _ := exec.Command("wevtutil", "gl", "Application").Output(); len(out) == 0 {
		t.Skip("there is no event log that could be read here")
	}
	name := fmt.Sprintf("supervisor-test-%d", os.Getpid())
	if err := eventlog.InstallAsEventCreate(name, eventlog.Error|eventlog.Warning|eventlog.Info); err != nil {
		if strings.Contains(err.Error(), windows.ERROR_ACCESS_DENIED.Error()) {
			t.Skipf("this takes an administrator: %v", err)
		}
		t.Fatal(err)
	}
	defer eventlog.Remove(name)
	log, err := eventlog.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	copyEvents(log, strings.NewReader("2026-01-01T00:00:00.000Z warn  web #1 seen\n"))
	if err := log.Close(); err != nil {
		t.Error(err)
	}
	out, err := exec.Command("wevtutil", "qe", "Application", "/f:text", "/q:*[System[Provider[@Name='"+name+"'] and Level=3]]").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "web #1 seen") {
		t.Errorf("the log has %s, %v", out, err)
	}
}
