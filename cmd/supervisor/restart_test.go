//go:build unix

package main

import (
	"fmt"
	"net"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// When stop has returned, the next supervisor can start in the same place, although
// the first may not have exited yet.
func TestStartAfterStop(t *testing.T) {
	t.Parallel()
	s := running(t, service(), "v1")
	for range 3 {
		s.answers(0, "", "stop")
		s.start("run", "-c", "supervisor.toml")
		s.await("web #1 serving")
		s.findAddress()
		s.serves("v1")
	}
	s.stops()
}

// A supervisor that takes its time to exit, for the sake of a client that has not
// said all, leaves alone what its successor has made.
func TestStartBesideTheEnd(t *testing.T) {
	t.Parallel()
	s := running(t, service(), "v1")
	control := filepath.Join(s.dir, "control")
	c, err := net.Dial("unix", control)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "GET /v1/status HTTP/1.1\r\n")
	s.serves("v1")
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.awaitRefused(control)
	first := *s
	s.start("run", "-c", "supervisor.toml")
	s.await("web #1 serving")
	s.findAddress()
	first.ends(0)
	s.recovers()
}

// awaitRefused waits until nobody listens on a unix socket any more.
func (s *supervised) awaitRefused(path string) {
	s.t.Helper()
	deadline, again := time.After(patience), time.NewTicker(time.Millisecond)
	defer again.Stop()
	for {
		c, err := net.Dial("unix", path)
		if err != nil {
			return
		}
		c.Close()
		select {
		case <-again.C:
		case <-deadline:
			s.t.Fatalf("somebody still listens on %s after %v", path, patience)
		}
	}
}
