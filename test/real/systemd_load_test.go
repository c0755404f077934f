//go:build real

package real

import (
	"context"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// A loading is a load that runs beside the test.
type loading struct {
	stop   context.CancelFunc
	seen   chan string
	report chan load.Report
}

// startLoad makes new connections, one request each, and returns with the first answer.
func startLoad(t *testing.T, addr string) *loading {
	t.Helper()
	return startLoadOf(t, load.Config{Load: load.HTTP, Address: addr})
}

func startLoadOf(t *testing.T, c load.Config) *loading {
	t.Helper()
	c.Workers, c.Rate, c.Timeout = 4, 400, patience
	ctx, cancel := context.WithCancel(context.Background())
	l := &loading{cancel, make(chan string, 1000), make(chan load.Report, 1)}
	t.Cleanup(cancel)
	c.Seen = func(version string) { l.seen <- version }
	go func() {
		r, err := load.Run(ctx, c)
		if err != nil {
			t.Error(err)
		}
		l.report <- r
	}()
	l.next(t)
	return l
}

// next waits for the first answer of another generation.
func (l *loading) next(t *testing.T) {
	t.Helper()
	select {
	case <-l.seen:
	case <-time.After(patience):
		t.Fatalf("no other generation answered within %v", patience)
	}
}

// end wants no request to have failed.
func (l *loading) end(t *testing.T) load.Report {
	t.Helper()
	r := l.ends(t)
	if r.Failed() > 0 {
		t.Errorf("requests failed: %v", r)
	}
	return r
}

func (l *loading) ends(t *testing.T) load.Report {
	t.Helper()
	l.stop()
	select {
	case r := <-l.report:
		t.Log(r)
		return r
	case <-time.After(2 * patience):
		t.Fatal("the load does not end")
	}
	panic("unreachable")
}
