//go:build unix

package e2e

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// A loading is a load that runs beside the test.
type loading struct {
	t       *testing.T
	stop    context.CancelFunc
	seen    chan string // each version when it first answers
	answers map[string]bool
	report  chan load.Report
}

// startLoad loads the service until end.
func startLoad(t *testing.T, c load.Config) *loading {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	l := &loading{t: t, stop: cancel, seen: make(chan string, 1000), answers: map[string]bool{}, report: make(chan load.Report, 1)}
	c.Seen = func(version string) { l.seen <- version }
	go func() {
		r, err := load.Run(ctx, c)
		if err != nil {
			t.Error(err)
		}
		l.report <- r
	}()
	t.Cleanup(l.clean)
	return l
}

// clean joins the load of a test that failed before end.
func (l *loading) clean() {
	if l.report != nil {
		l.end()
	}
}

// awaitAnswer waits until the load got an answer from id.
func (l *loading) awaitAnswer(id string) {
	l.t.Helper()
	deadline := time.After(patience)
	for !l.answers[id] {
		select {
		case v := <-l.seen:
			l.answers[v] = true
		case <-deadline:
			l.t.Fatalf("%s has not answered for %v", id, patience)
		}
	}
}

// catchUp takes what has been seen: a load stops when there is no room for more.
func (l *loading) catchUp() {
	for {
		select {
		case v := <-l.seen:
			l.answers[v] = true
		default:
			return
		}
	}
}

// end stops the load when its last requests are answered.
func (l *loading) end() load.Report {
	r := l.quiet()
	l.t.Log(r)
	return r
}

// quiet is end without a word.
func (l *loading) quiet() load.Report {
	l.stop()
	r := <-l.report
	l.report = nil
	return r
}

// wantNoLoss wants requests, and every one of them answered by a generation
// that is known.
func wantNoLoss(t *testing.T, r load.Report, ready []string) {
	t.Helper()
	if r.Requests == 0 || r.Failed() != 0 {
		t.Errorf("want requests, none of them lost: %v", r)
	}
	for _, v := range r.Versions {
		if !slices.Contains(ready, v.Name) {
			t.Errorf("%s answered and never got ready", v.Name)
		}
	}
}

// wantAll wants every generation to have answered.
func wantAll(t *testing.T, r load.Report, ready []string) {
	t.Helper()
	if len(r.Versions) != len(ready) {
		t.Errorf("%d generations got ready, %d answered", len(ready), len(r.Versions))
	}
}

// wantForward wants each generation to have answered first after the one
// before. It is for tests that begin a handoff when the newest has answered:
// otherwise a request may still be on its way to an older one.
func wantForward(t *testing.T, r load.Report, ready []string) {
	t.Helper()
	var order []string
	for _, v := range r.Versions {
		order = append(order, v.Name)
	}
	if !slices.Equal(order, ready) {
		t.Errorf("the versions did not move forward only:\nready in the order    %v\nanswered in the order %v", ready, order)
	}
}
