//go:build unix

package e2e

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// A plain restart closes the listening socket: the same loads that count no
// failure under the supervisor must count it here.
func TestTheLoadsNoticeAPlainRestart(t *testing.T) {
	for _, test := range []struct {
		socket string
		load   load.Config
	}{
		{"http", load.Config{Load: load.HTTP}},
		{"http", load.Config{Load: load.Keepalive}},
		{"http", load.Config{Load: load.H2C}},
		{"http", load.Config{Load: load.Slow, Path: "/slow?d=1ms"}},
		{"http", load.Config{Load: load.Websocket}},
		{"tcp", load.Config{Load: load.TCP}},
		{"tcp", load.Config{Load: load.TCPHold}},
		{"unix", load.Config{Load: load.Unix}},
		{"udp", load.Config{Load: load.UDP, Timeout: time.Second}},
	} {
		t.Run(string(test.load.Load), func(t *testing.T) {
			t.Parallel()
			c := test.load
			c.Address, c.Workers = freeAddress(t, test.socket), 4
			restartUnder(t, test.socket, c)
		})
	}
}

func restartUnder(t *testing.T, socket string, c load.Config) {
	stop, id := startService(t, socket, c.Address)
	l := startLoad(t, c)
	l.awaitAnswer(id)
	for range 3 {
		stop()
		awaitFailure(t, c)
		stop, id = startService(t, socket, c.Address)
		l.awaitAnswer(id)
	}
	r := l.end()
	// Timeout is what becomes of a datagram in the queue of a closed socket.
	if r.Failures[load.Refused]+r.Failures[load.Reset]+r.Failures[load.EOF]+r.Failures[load.Timeout] == 0 {
		t.Errorf("no failure was counted over plain restarts: %v", r)
	}
	if len(r.Versions) != 4 {
		t.Errorf("want 4 versions, got %v", r.Versions)
	}
	stop()
}

// awaitFailure keeps the service away for as long as twenty requests take.
func awaitFailure(t *testing.T, c load.Config) {
	t.Helper()
	c.Workers, c.Max = 1, 20
	r, err := load.Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if r.Failed() != 20 {
		t.Errorf("nobody listens, and yet there were answers: %v", r)
	}
}

// startService runs the service with no supervisor.
func startService(t *testing.T, socket, addr string) (stop func(), id string) {
	t.Helper()
	roster, notices := listenRoster(t)
	cmd := exec.Command(built(t, programs.service), "-"+socket, addr, "-roster", roster)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	t.Cleanup(func() { cmd.Process.Kill() })
	id = awaitNotice(t, notices, "ready")
	return func() {
		t.Helper()
		cmd.Process.Signal(syscall.SIGTERM)
		awaitNotice(t, notices, "gone")
		if err := <-exited; err != nil {
			t.Errorf("the service ended badly: %v", err)
		}
	}, id
}

func awaitNotice(t *testing.T, notices <-chan notice, what string) string {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case n := <-notices:
			if n.what == what {
				return n.id
			}
		case <-deadline:
			t.Fatalf("waited %v for the service to be %s", patience, what)
		}
	}
}
