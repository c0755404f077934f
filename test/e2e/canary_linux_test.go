package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
)

// A crowd is clients with an address each.
type crowd struct {
	t    *testing.T
	stop func()
	mu   sync.Mutex
	met  map[string][]string // versions by client, in the order in which they answered
	asks int
	lost []error
}

// newCrowd has n clients open connection after connection.
func newCrowd(t *testing.T, addr string, n int) *crowd {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var clients sync.WaitGroup
	c := &crowd{t: t, met: map[string][]string{}, stop: func() { cancel(); clients.Wait() }}
	for i := range n {
		clients.Go(func() { c.ask(ctx, addr, fmt.Sprintf("127.0.%d.%d", 1+i/16, 1+7*(i%16))) })
	}
	t.Cleanup(c.stop)
	return c
}

func (c *crowd) ask(ctx context.Context, addr, from string) {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	client := http.Client{Transport: &http.Transport{DialContext: d.DialContext, DisableKeepAlives: true}, Timeout: patience}
	every := time.NewTicker(50 * time.Millisecond)
	defer every.Stop()
	for {
		resp, err := client.Post("http://"+addr, "text/plain", nil) // which net/http does not try again
		version := ""
		if err == nil {
			_, err = io.Copy(io.Discard, resp.Body)
			version = resp.Header.Get("X-Version")
			resp.Body.Close()
		}
		c.note(from, version, err)
		select {
		case <-every.C:
		case <-ctx.Done():
			return
		}
	}
}

func (c *crowd) note(from, version string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asks++
	if err != nil {
		c.lost = append(c.lost, err)
		return
	}
	if all := c.met[from]; len(all) == 0 || all[len(all)-1] != version {
		c.met[from] = append(all, version)
	}
}

// now is how many clients meet a version.
func (c *crowd) now(version int) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, all := range c.met {
		if len(all) > 0 && all[len(all)-1] == fmt.Sprint(version) {
			n++
		}
	}
	return n
}

func (c *crowd) await(what string, ok func() bool) {
	c.t.Helper()
	for deadline := time.Now().Add(patience); !ok(); {
		if time.Now().After(deadline) {
			c.t.Fatalf("never: %s\n%v", what, c.met)
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-c.t.Context().Done():
		}
	}
}

// end wants no more to be lost than may be.
func (c *crowd) end(may int) {
	c.t.Helper()
	c.stop()
	c.t.Logf("%d requests, %d failed", c.asks, len(c.lost))
	if c.asks == 0 || len(c.lost) > may {
		c.t.Errorf("%d of %d requests failed: %v", len(c.lost), c.asks, c.lost)
	}
}

// reloading is a reload that waits for its verdict.
type reloading struct {
	out  string
	code int
	done chan struct{}
}

func (s *supervised) reloading() *reloading {
	r := &reloading{done: make(chan struct{})}
	go func() { defer close(r.done); r.out, r.code = s.verb("reload") }()
	s.t.Cleanup(func() { <-r.done })
	return r
}

// tried waits until a generation is tried, and returns it and the one that serves.
func (s *supervised) tried() (now, before control.Generation) {
	s.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if all := s.web().Generations; len(all) > 1 && all[0].Phase == string(lifecycle.Trying) {
			return all[0], all[1]
		}
	}
	s.t.Fatal("no generation is tried")
	return
}

func (r *reloading) want(t *testing.T, code int, verdict string) {
	t.Helper()
	<-r.done
	if r.code != code || r.out != verdict+"\n" {
		t.Fatalf("reload: exit code %d, want %d; it printed\n%swant\n%s", r.code, code, r.out, verdict)
	}
}

const illness = "cannot probe by sh: exit status 3: too many errors"

// judge is a config of a canary whose check fails as long as there is a file.
func judge(share int, lasts, ill string) string {
	script := fmt.Sprintf(`[ -n "$$SUPERVISOR_PIDS" ] && [ -n "$$SUPERVISOR_ADDRESSES" ] || exit 4; [ ! -e %s ] || { echo too many errors >&2; exit 3; }`, ill)
	return fmt.Sprintf("handoff.canary = { share = %d, for = %q, check = [\"sh\", \"-c\", %q] }\n", share, lasts, script)
}

// A share of clients meets the new version of a program that knows nothing of us, and
// each of them goes on meeting it; then all do.
func TestCanaryAdopted(t *testing.T) {
	t.Parallel()
	const clients, rounds = 48, 2
	addr := freeAddress(t, "http")
	s := startPlain(t, addr, judge(25, "8s", filepath.Join(shortDir(t), "ill"))+drain3s)
	awaitListener(t, addr)
	c := newCrowd(t, addr, clients)
	for n := range rounds {
		reload := s.reloading()
		now, before := s.tried()
		if now.Share != 25 || now.Deadline == nil {
			t.Errorf("the status is %+v", now)
		}
		newer, older := now.Processes[0].PID, before.Processes[0].PID
		met := 0
		c.await("a share of the clients meets the new version", func() bool {
			met = c.now(newer)
			return met > 0 && c.now(older) == clients-met
		})
		if met > clients/2 {
			t.Errorf("%d of %d clients are a quarter", met, clients)
		}
		reload.want(t, 0, fmt.Sprintf("web: promoted generation %d", n+2))
		c.await("all clients meet the new version", func() bool { return c.now(newer) == clients })
		s.awaitAlone()
	}
	c.end(0)
	for from, all := range c.met {
		if len(all) != rounds+1 {
			t.Errorf("%s has met the versions %v, want each of %d once", from, all, rounds+1)
		}
	}
	s.stop()
}

// A check that fails sends all clients back to the old version, and nobody loses
// anything. If the new one crashes, what it had accepted is lost with it.
func TestCanaryAdoptedFails(t *testing.T) {
	t.Parallel()
	const clients = 48
	addr, ill := freeAddress(t, "http"), filepath.Join(shortDir(t), "ill")
	s := startPlain(t, addr, judge(25, "1m", ill)+drain3s)
	awaitListener(t, addr)
	old := s.pid()
	fails := func(n int, reason string, fail func(now control.Generation)) *crowd {
		c := newCrowd(t, addr, clients)
		reload := s.reloading()
		now, _ := s.tried()
		c.await("a share of the clients meets the new version", func() bool { return c.now(now.Processes[0].PID) > 0 })
		fail(now)
		reload.want(t, 5, fmt.Sprintf("web: rolled back: %s; generation 1 serves", reason))
		c.await("all clients meet the old version", func() bool { return c.now(old) == clients })
		s.awaitAlone()
		return c
	}
	for n := range 3 {
		c := fails(n+2, "a check failed during its canary: "+illness, func(control.Generation) {
			if err := os.WriteFile(ill, nil, 0o644); err != nil {
				t.Fatal(err)
			}
		})
		c.end(0)
		if err := os.Remove(ill); err != nil {
			t.Fatal(err)
		}
	}
	c := fails(5, "signal: killed during its canary", func(now control.Generation) {
		syscall.Kill(now.Processes[0].PID, syscall.SIGKILL)
	})
	c.end(clients)
	s.stop()
}

// Workers that share a socket are tried by their number: one beside four, and then
// three more.
func TestCanaryOfWorkers(t *testing.T) {
	t.Parallel()
	addr, ill := freeAddress(t, "http"), filepath.Join(shortDir(t), "ill")
	s := start(t, "run", config{socket: "http", address: addr, more: "workers = 4\n" + judge(10, "2s", ill)})
	s.awaitReady(4)
	all := loads(t, addr)
	serving, last := 1, 1
	lasts := "2s"
	set := func(other string) {
		t.Helper()
		text, err := os.ReadFile(s.config)
		if err == nil {
			err = os.WriteFile(s.config, bytes.Replace(text, []byte(`for = "`+lasts), []byte(`for = "`+other), 1), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		lasts = other
	}
	fails := func(reason string, fail func(control.Generation)) {
		t.Helper()
		set("1m")
		reload, before := s.reloading(), len(s.ready)
		now, old := s.tried()
		if len(now.Processes) != 1 || len(old.Processes) != 4 || now.Share != 20 {
			t.Errorf("the status is %+v beside %+v", now, old)
		}
		s.awaitReady(before + 1)
		all[0].awaitAnswer(s.newest()) // connections that are kept alive stay with the old one
		fail(now)
		last++
		reload.want(t, 5, fmt.Sprintf("web: rolled back: %s; generation %d serves", reason, serving))
		s.awaitSettled(4)
		set("2s")
	}
	for range 2 {
		before := len(s.ready)
		reload := s.reloading()
		s.awaitReady(before + 4)
		last++
		reload.want(t, 0, fmt.Sprintf("web: promoted generation %d", last))
		serving = last
		s.awaitSettled(4)
		fails("a check failed during its canary: "+illness, func(control.Generation) {
			if err := os.WriteFile(ill, nil, 0o644); err != nil {
				t.Fatal(err)
			}
		})
		if err := os.Remove(ill); err != nil {
			t.Fatal(err)
		}
		// It gives up by itself, with nothing under way.
		fails("exit status 0 during its canary", func(now control.Generation) {
			syscall.Kill(now.Processes[0].PID, syscall.SIGTERM)
		})
	}
	for _, l := range all {
		wantNoLoss(t, l.end(), s.ready)
	}
	if g := s.status().Generations; len(g) != 1 || g[0].Number != serving || len(g[0].Processes) != 4 || slices.ContainsFunc(g[0].Processes, func(p control.Process) bool { return p.Crashes > 0 }) {
		t.Errorf("in the end: %+v", g)
	}
	s.stop()
}

// The same of a service that takes only a port: a good version, then one whose check
// fails.
func TestCanaryRelayed(t *testing.T) {
	t.Parallel()
	const clients = 48
	addr, ill := freeAddress(t, "http"), filepath.Join(shortDir(t), "ill")
	s := startRelayed(t, []string{"http=tcp://" + addr}, byRelay+judge(25, "8s", ill))
	c := newCrowd(t, addr, clients)
	if by := s.web().By; by != "relay" {
		t.Errorf("handoff by %q", by)
	}
	meets := func() (newer, older int) {
		now, before := s.tried()
		if now.Share != 25 {
			t.Errorf("its share is %d %%, want 25", now.Share)
		}
		newer, older = now.Processes[0].PID, before.Processes[0].PID
		c.await("a share of the clients meets the new version", func() bool {
			met := c.now(newer)
			return met > 0 && met <= clients/2 && c.now(older) == clients-met
		})
		return newer, older
	}
	good := s.reloading()
	newer, _ := meets()
	good.want(t, 0, "web: promoted generation 2")
	c.await("all clients meet the new version", func() bool { return c.now(newer) == clients })
	s.awaitAlone()
	bad := s.reloading()
	_, older := meets()
	if err := os.WriteFile(ill, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	bad.want(t, 5, "web: rolled back: a check failed during its canary: "+illness+"; generation 2 serves")
	c.await("all clients meet the old version", func() bool { return c.now(older) == clients })
	s.awaitAlone()
	c.end(0)
	s.stop()
}
