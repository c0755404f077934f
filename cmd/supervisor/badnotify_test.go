//go:build unix

package main

import (
	"fmt"
	"net"
	"os"
	"testing"
)

// Datagrams that say nothing are told of and change nothing.
func TestMalformedNotify(t *testing.T) {
	t.Parallel()
	s := running(t, service(), "v1 garble")
	for _, want := range []string{
		`ignored a notify message: cannot read notification: line "READY": it is not KEY=value`,
		`ignored a notify message: cannot read notification: line "WATCHDOG_USEC=soon": the value must be a number of microseconds`,
		`ignored a notify message: cannot read notification: it has more than 4096 bytes`,
	} {
		s.await(want)
	}
	s.recovers()
}

// What a process sends that is none of the service's counts for nothing: a
// generation that hangs does not get ready by it, and one that serves goes on.
func TestNotifyFromStranger(t *testing.T) {
	t.Parallel()
	s := running(t, service(), "v1")
	s.whisper("v1", "STATUS=taken over\nWATCHDOG=trigger")
	s.await(fmt.Sprintf("web #1 ignored a notify message: it came from process %d of user %d, which is none of the service's", os.Getpid(), os.Getuid()))
	s.mark()
	s.write("supervisor.toml", service(`ready.timeout = "10s"`))
	s.behave("v2 hang")
	s.hangUp()
	s.whisper("v2", "READY=1")
	s.await("web #2 ignored a notify message")
	s.await("web #2 not ready after 10s; generation 1 still serves")
	s.serves("v1")
	if g := s.status().Services[0].Generations; g[0].Number != 1 || g[0].Status == "taken over" {
		t.Errorf("a stranger was heard: %+v", g)
	}
	s.recovers()
}

// whisper sends a message from here to the notify socket of a version.
func (s *supervised) whisper(version, text string) {
	s.t.Helper()
	path := s.await(fmt.Sprintf("service %s notifies …\n", version))[1]
	c, err := net.Dial("unixgram", path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte(text)); err != nil {
		s.t.Fatal(err)
	}
}
