//go:build unix

package e2e

import (
	"testing"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

const (
	handoffs = 100
	// most is how many processes of the service are left to live at once,
	// so that a small machine is not filled with those that drain.
	most = 6
)

// quick is the test of loads that every generation answers in its time.
func quick(t *testing.T, socket string, c load.Config) {
	t.Parallel()
	again(t, socket, c, handoffs, func(s *supervised, l *loading) {
		s.hangUp()
		l.awaitAnswer(s.newest())
	})
}

// again does under load what hands off, so many times: nothing is lost, and no version
// answers after a later one.
func again(t *testing.T, socket string, c load.Config, times int, handOff func(*supervised, *loading)) {
	c.Address = freeAddress(t, socket)
	s := start(t, "run", config{socket: socket, address: c.Address})
	l := startLoad(t, c)
	l.awaitAnswer(s.newest())
	for range times {
		handOff(s, l)
		s.awaitSettled(most)
	}
	r := l.end()
	wantNoLoss(t, r, s.ready)
	wantForward(t, r, s.ready)
	s.stop()
}

func TestNewConnections(t *testing.T) {
	quick(t, "http", load.Config{Load: load.HTTP, Workers: 4, Rate: 800})
}

func TestKeepalive(t *testing.T) {
	quick(t, "http", load.Config{Load: load.Keepalive, Workers: 8, Rate: 1600})
}

func TestH2C(t *testing.T) {
	quick(t, "http", load.Config{Load: load.H2C, Workers: 4, Rate: 800})
}

func TestRawTCP(t *testing.T) {
	quick(t, "tcp", load.Config{Load: load.TCP, Workers: 4, Rate: 400})
}

func TestUnixSocket(t *testing.T) {
	quick(t, "unix", load.Config{Load: load.Unix, Workers: 4, Rate: 800})
}

func TestUDP(t *testing.T) {
	quick(t, "udp", load.Config{Load: load.UDP, Workers: 4, Rate: 1600})
}

// Every generation has requests of two seconds under way when it is drained.
func TestSlowRequests(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	s := start(t, "run", config{socket: "http", address: addr})
	l := startLoad(t, load.Config{Load: load.Slow, Address: addr, Workers: 128, Rate: 50})
	for i := 0; ; i++ {
		s.await("a slow request", func() bool { return s.busy[s.newest()] })
		if i == handoffs {
			break
		}
		s.hangUp()
		s.awaitSettled(2 * most)
	}
	r := l.end()
	wantNoLoss(t, r, s.ready)
	wantAll(t, r, s.ready)
	s.stop()
}

// held is the test of connections that stay open over handoffs. Generations
// that get none of them drain at once.
func held(t *testing.T, socket string, c load.Config) {
	t.Parallel()
	c.Address = freeAddress(t, socket)
	s := start(t, "run", config{socket: socket, address: c.Address, hold: "300ms"})
	l := startLoad(t, c)
	l.awaitAnswer(s.newest())
	for range handoffs {
		s.hangUp()
		s.awaitSettled(most)
	}
	l.awaitAnswer(s.newest())
	r := l.end()
	wantNoLoss(t, r, s.ready)
	if first := r.Versions[0]; first.Name != s.ready[0] || r.Ended == 0 {
		t.Errorf("want connections held by the first generation and then by later ones: %v", r)
	}
	s.stop()
}

func TestWebsocket(t *testing.T) {
	held(t, "http", load.Config{Load: load.Websocket, Workers: 8, Rate: 800})
}

func TestHeldTCP(t *testing.T) {
	held(t, "tcp", load.Config{Load: load.TCPHold, Workers: 8, Rate: 800})
}

// The verb returns when the new generation serves.
func TestReload(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	s := start(t, "run", config{socket: "http", address: addr})
	l := startLoad(t, load.Config{Load: load.HTTP, Address: addr, Workers: 4, Rate: 400})
	l.awaitAnswer(s.newest())
	for range 5 {
		before := len(s.ready)
		if out, code := s.verb("reload"); code != 0 {
			t.Fatalf("reload: exit code %d\n%s", code, out)
		}
		s.awaitReady(before + 1)
		l.awaitAnswer(s.newest())
	}
	r := l.end()
	wantNoLoss(t, r, s.ready)
	wantForward(t, r, s.ready)
	s.stop()
}
