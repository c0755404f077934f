package telemetry

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// stuck takes nothing until it is told to.
type stuck struct {
	open chan struct{}
	bytes.Buffer
}

func (s *stuck) Write(b []byte) (int, error) {
	<-s.open
	return s.Buffer.Write(b)
}

// An output that is stuck holds a writer up once, for a while; then lines are dropped
// until it goes on, and it says how many.
func TestPatient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &stuck{open: make(chan struct{})}
		p := NewPatient(out)
		began := time.Now()
		for i := range waiting + 1 {
			fmt.Fprintf(p, "%d\n", i)
			synctest.Wait() // the first is being written
		}
		if d := time.Since(began); d != 0 {
			t.Errorf("it waited %v while there was room", d)
		}
		for range 100 {
			fmt.Fprint(p, "a\nb\n")
		}
		if d := time.Since(began); d != patience {
			t.Errorf("held up for %v, want %v", d, patience)
		}
		p.Flush(time.Second)
		close(out.open)
		p.Flush(time.Hour)
		fmt.Fprint(p, "next\n")
		p.Close(time.Hour)
		got := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(got) != waiting+3 || !strings.HasPrefix(got[waiting+1], "200 lines are missing here") || got[waiting+2] != "next" {
			t.Errorf("got %q", got)
		}
	})
}

func TestPatientLeavesTheStuckBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &stuck{open: make(chan struct{})}
		p := NewPatient(out)
		fmt.Fprint(p, "a\n")
		began := time.Now()
		p.Close(time.Second)
		if d := time.Since(began); d != time.Second {
			t.Errorf("closed after %v", d)
		}
		close(out.open)
	})
}

// slowOnce takes as long as patience lasts for its first lines, and no time for others.
type slowOnce struct {
	bytes.Buffer
	slept bool
}

func (s *slowOnce) Write(b []byte) (int, error) {
	if !s.slept {
		s.slept = true
		time.Sleep(patience)
	}
	return s.Buffer.Write(b)
}

// An output that goes on at the very moment at which patience is over takes all that is
// written from then on.
func TestPatientGoesOn(t *testing.T) {
	for range 2000 {
		synctest.Test(t, func(t *testing.T) {
			out := &slowOnce{}
			p := NewPatient(out)
			for range waiting + 2 { // the last is held up
				fmt.Fprint(p, "before\n")
				if len(p.queue) == 0 {
					synctest.Wait() // the first is being written
				}
			}
			synctest.Wait() // nothing waits any more
			fmt.Fprint(p, "after\n")
			p.Close(time.Hour)
			if got := out.String(); !strings.HasSuffix(got, "after\n") {
				t.Fatalf("it still drops lines: %q", got)
			}
		})
	}
}
