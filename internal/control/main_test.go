package control

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// limit is how long any test waits for something that should happen at once.
const limit = 30 * time.Second

const askAs = "CONTROL_TEST_ASK" // makes the test binary a client of this socket

func TestMain(m *testing.M) {
	if path := os.Getenv(askAs); path != "" {
		st, err := NewClient(path).Status(context.Background())
		fmt.Printf("%d %v\n", st.PID, err)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// fake is a Supervisor of functions; a missing one is a failure of the test.
type fake struct {
	status func(context.Context) (Status, error)
	reload func(context.Context, []string) ([]Result, error)
	stop   func(context.Context) error

	upgrade func(context.Context) (Upgraded, error)
	feed    *Feed

	rollback func(context.Context, string) (Result, error)
	scale    func(context.Context, Scaling) (Scaled, error)
	changes  func() <-chan struct{}
}

func (f fake) Scale(ctx context.Context, s Scaling) (Scaled, error) {
	if f.scale == nil {
		return Scaled{}, errUnexpected
	}
	return f.scale(ctx, s)
}

func (f fake) Changes() <-chan struct{} {
	if f.changes == nil {
		return nil
	}
	return f.changes()
}

var errUnexpected = errors.New("unexpected call")

func (f fake) Status(ctx context.Context) (Status, error) {
	if f.status == nil {
		return Status{}, errUnexpected
	}
	return f.status(ctx)
}

func (f fake) Reload(ctx context.Context, services []string) ([]Result, error) {
	if f.reload == nil {
		return nil, errUnexpected
	}
	return f.reload(ctx, services)
}

func (f fake) Stop(ctx context.Context) error {
	if f.stop == nil {
		return errUnexpected
	}
	return f.stop(ctx)
}

func (f fake) Upgrade(ctx context.Context) (Upgraded, error) {
	if f.upgrade == nil {
		return Upgraded{}, errUnexpected
	}
	return f.upgrade(ctx)
}

func (f fake) Follow(_ context.Context, filter Filter) (*Follower, error) {
	if f.feed == nil {
		return nil, errUnexpected
	}
	return f.feed.Follow(filter)
}

func (f fake) Rollback(ctx context.Context, service string) (Result, error) {
	if f.rollback == nil {
		return Result{}, errUnexpected
	}
	return f.rollback(ctx, service)
}

func itIs(pid int, config ...string) fake {
	return fake{status: func(context.Context) (Status, error) { return Status{PID: pid, Config: config}, nil }}
}

func promoted(service string) Result {
	return Result{service, lifecycle.Verdict{Outcome: lifecycle.Promoted, Generation: 2, Serving: 2}}
}

// shortDir leaves room for a socket's path.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// serve answers for sup until the test or the returned function ends it.
func serve(t *testing.T, s *Server, sup Supervisor) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, sup) }()
	ended := false
	end = func() {
		if ended {
			return
		}
		ended = true
		cancel()
		if err := within(t, done); err != nil {
			t.Errorf("Serve: %v", err)
		}
	}
	t.Cleanup(end)
	return end
}

func listen(t *testing.T, path string) *Server {
	t.Helper()
	s, err := Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func start(t *testing.T, sup Supervisor) (*Client, string) {
	t.Helper()
	path := filepath.Join(shortDir(t), "c.sock")
	serve(t, listen(t, path), sup)
	return NewClient(path), path
}

func within[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(limit):
		t.Fatal("nothing happened in time")
		panic("unreachable")
	}
}

func dial(t *testing.T, path string) net.Conn {
	t.Helper()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(limit))
	return c
}
