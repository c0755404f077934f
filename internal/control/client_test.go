//go:build linux || darwin || freebsd

package control

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

func TestStatusArrivesWhole(t *testing.T) {
	now := time.Now().UTC().Round(0)
	want := Status{
		PID: 42, Version: "v1", Mode: "dev", Started: now, Config: []string{"a.toml", "b.toml"},
		Services: []Service{{
			Name: "web", Behind: true, Reason: "build failed", By: "systemd", Logs: "prefix",
			Sockets:   []Socket{{Name: "http", Address: "tcp://:0", Bound: "[::]:4711"}},
			Artifacts: []Artifact{{Hash: "abc", Built: now, Served: &now, Generation: 7}, {Hash: "def", Built: now, Rollback: true}},
			Generations: []Generation{{
				Number: 7, Phase: "draining", Artifact: "abc", Since: now, Deadline: &now,
				BuiltIn: Millis(412 * time.Millisecond), ReadyIn: Millis(38500 * time.Microsecond),
				ReadyBy: "notify", Status: "fine",
				Processes:   []Process{{PID: 43, Slot: 1, Phase: "stopping", Started: now, Crashes: 2, Deadline: &now}},
				Connections: new(int),
			}},
		}},
	}
	c, _ := start(t, fake{status: func(context.Context) (Status, error) { return want, nil }})
	got, err := c.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want.Tag = got.Tag; got.Tag == "" {
		t.Error("it has no tag")
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestReloadReturnsEveryVerdict(t *testing.T) {
	want := []Result{promoted("web"), {"api", lifecycle.Verdict{
		Outcome: lifecycle.Superseded, Generation: 3, Serving: 2, Reason: "newer", By: 4, Final: lifecycle.Promoted,
	}}}
	var asked []string
	c, _ := start(t, fake{reload: func(_ context.Context, s []string) ([]Result, error) {
		asked = s
		return want, nil
	}})
	got, err := c.Reload(t.Context(), []string{"web", "api"})
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
	if !slices.Equal(asked, []string{"web", "api"}) {
		t.Errorf("the supervisor was asked for %q", asked)
	}
	if _, err := c.Reload(t.Context(), nil); err != nil || len(asked) != 0 {
		t.Errorf("a reload of all asked for %q: %v", asked, err)
	}
}

func TestErrorsKeepTheirTypes(t *testing.T) {
	var refuse error
	c, _ := start(t, fake{
		reload: func(context.Context, []string) ([]Result, error) { return nil, refuse },
		stop:   func(context.Context) error { return refuse },
	})

	refuse = &UnknownServiceError{Service: "wbe", Known: []string{"api", "web"}}
	_, err := c.Reload(t.Context(), []string{"wbe"})
	var unknown *UnknownServiceError
	if !errors.As(err, &unknown) || !reflect.DeepEqual(unknown, refuse) || err.Error() != refuse.Error() {
		t.Errorf("unknown service: %#v", err)
	}

	refuse = &ConfigError{errors.New("cannot read web.toml: line 3: unknown key")}
	_, err = c.Reload(t.Context(), nil)
	var config *ConfigError
	if !errors.As(err, &config) || err.Error() != refuse.Error() || config.Hint() == "" {
		t.Errorf("bad config: %#v", err)
	}

	refuse = errors.New("cannot stop: why not")
	err = c.Stop(t.Context())
	var remote *RemoteError
	if !errors.As(err, &remote) || remote.Kind != "failed" || err.Error() != refuse.Error() {
		t.Errorf("any other: %#v", err)
	}
}

func TestStop(t *testing.T) {
	stopped := make(chan bool, 1)
	c, _ := start(t, fake{stop: func(context.Context) error { stopped <- true; return nil }})
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	within(t, stopped)
}

func TestNobodyAnswers(t *testing.T) {
	dir := shortDir(t)
	_, err := NewClient(filepath.Join(dir, "none.sock")).Status(t.Context())
	if !errors.Is(err, ErrNoSupervisor) || !strings.HasPrefix(err.Error(), "cannot get the status: no supervisor answers on ") {
		t.Errorf("no socket: %v", err)
	}
	dead := leaveStale(t, filepath.Join(dir, "dead.sock"))
	if err := NewClient(dead).Stop(t.Context()); !errors.Is(err, ErrNoSupervisor) {
		t.Errorf("a dead socket: %v", err)
	}
}

func TestSupervisorGoesAwayDuringReload(t *testing.T) {
	s := listen(t, filepath.Join(shortDir(t), "c.sock"))
	answer := make(chan error, 1)
	go func() {
		_, err := NewClient(s.Path()).Reload(context.Background(), nil)
		answer <- err
	}()
	conn, err := s.listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	conn.Read(make([]byte, 1024))
	conn.Close()
	if err := within(t, answer); !errors.Is(err, ErrNoSupervisor) {
		t.Errorf("got %v", err)
	}
}

// A connection may break without the end of the supervisor.
func TestConnectionBreaks(t *testing.T) {
	s := listen(t, filepath.Join(shortDir(t), "c.sock"))
	s.listener = &breaking{Listener: s.listener}
	serve(t, s, fake{status: func(context.Context) (Status, error) { return Status{}, nil }})
	_, err := NewClient(s.Path()).Reload(t.Context(), nil)
	if err == nil || errors.Is(err, ErrNoSupervisor) || !strings.Contains(err.Error(), "broke before its answer") {
		t.Errorf("got %v", err)
	}
}

// It may break before the client has written anything, too.
func TestConnectionBreaksAtOnce(t *testing.T) {
	for range 100 {
		s := listen(t, filepath.Join(shortDir(t), "c.sock"))
		s.listener = &breaking{Listener: s.listener, atOnce: true}
		serve(t, s, fake{status: func(context.Context) (Status, error) { return Status{}, nil }})
		_, err := NewClient(s.Path()).Reload(t.Context(), nil)
		if err == nil || errors.Is(err, ErrNoSupervisor) || !strings.Contains(err.Error(), "broke before its answer") {
			t.Fatalf("got %v", err)
		}
	}
}

// breaking is a listener that loses its first connection.
type breaking struct {
	net.Listener
	once   sync.Once
	atOnce bool // before a request
}

func (l *breaking) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		l.once.Do(func() {
			if !l.atOnce {
				c.Read(make([]byte, 1024))
			}
			c.Close()
		})
	}
	return c, err
}

func TestClientStopsWaitingWithItsContext(t *testing.T) {
	asked := make(chan bool, 1)
	c, _ := start(t, fake{reload: func(ctx context.Context, _ []string) ([]Result, error) {
		asked <- true
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		<-asked
		cancel(errors.New("interrupted"))
	}()
	if _, err := c.Reload(ctx, nil); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("got %v", err)
	}
}
