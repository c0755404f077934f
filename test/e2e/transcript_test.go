//go:build unix

package e2e

import (
	"bytes"
	"regexp"
	"sync"
	"time"
)

// A transcript is what a supervisor and its services have printed so far.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
	grew chan struct{} // holds one if it has grown since it was taken
}

func newTranscript() *transcript { return &transcript{grew: make(chan struct{}, 1)} }

func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case t.grew <- struct{}{}:
	default:
	}
	return t.text.Write(p)
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// mark is where what comes from now on begins.
func (t *transcript) mark() int { return len(t.String()) }

// awaitSaid waits until the supervisor has said something that matches, after the mark.
func (s *supervised) awaitSaid(mark int, pattern string) string {
	s.t.Helper()
	want, deadline := regexp.MustCompile(pattern), time.After(patience)
	for {
		if found := want.FindString(s.output.String()[mark:]); found != "" {
			return found
		}
		select {
		case n := <-s.notices:
			s.note(n)
		case <-s.output.grew:
		case <-deadline:
			s.t.Fatalf("waited %v for the supervisor to say %s", patience, pattern)
		}
	}
}
