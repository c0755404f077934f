//go:build unix

package main

import "testing"

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
