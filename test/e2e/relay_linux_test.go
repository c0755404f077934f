package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// ported is built from a service that takes only $PORT, and dies on SIGTERM.
var ported = sync.OnceValues(func() (string, error) {
	if _, err := os.ReadFile("ported/main.go"); err != nil {
		return "", err
	}
	return goBuild("./ported")
})

const byRelay = "handoff.by = \"relay\"\n"

// startRelayed starts the supervisor and waits for the first version, which finds the
// files of marks.
func startRelayed(t *testing.T, listen []string, more string, marks ...string) *supervised {
	t.Helper()
	bin, dir := built(t, programs.supervisor), shortDir(t)
	s := &supervised{t: t, busy: map[string]bool{}, config: filepath.Join(dir, "supervisor.toml")}
	s.env = append(os.Environ(), "SUPERVISOR_CONTROL="+filepath.Join(dir, "control"), "XDG_RUNTIME_DIR="+dir, "XDG_STATE_HOME="+dir)
	text := fmt.Sprintf("[services.web]\nlisten = %s\ncommand = %s\ndrain.timeout = \"3s\"\n%s",
		quoted(listen), quoted([]string{built(t, ported)}), more)
	if err := os.WriteFile(s.config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range marks {
		s.mark(name)
	}
	s.run(bin, "run")
	s.awaitServing()
	return s
}

// mark has the next versions find a file.
func (s *supervised) mark(name string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(filepath.Dir(s.config), name), nil, 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// add puts more into the config.
func (s *supervised) add(text string) {
	s.t.Helper()
	f, err := os.OpenFile(s.config, os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(text)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *supervised) unmark(name string) { os.Remove(filepath.Join(filepath.Dir(s.config), name)) }

// awaitServing waits for the first version.
func (s *supervised) awaitServing() {
	s.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		out, _ := s.verb("status")
		if strings.Contains(out, "serving") {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("nothing serves:\n%s", out)
		}
	}
}

// get asks once, on a new connection.
func get(t *testing.T, network, addr, path string) *http.Response {
	t.Helper()
	c := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true,
		DialContext: func(context.Context, string, string) (net.Conn, error) { return net.Dial(network, addr) }}}
	resp, err := c.Get("http://localhost" + path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

func body(t *testing.T, resp *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

// Twenty handoffs of a service that takes only $PORT, and that a signal ends at once: no
// new connection is lost, and no request that is under way.
func TestRelayed(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	s := startRelayed(t, []string{"http=tcp://" + addr}, byRelay)
	fresh := startLoad(t, load.Config{Load: load.HTTP, Address: addr, Workers: 4, Rate: 400})
	slow := startLoad(t, load.Config{Load: load.Slow, Path: "/?d=500ms", Address: addr, Workers: 16, Rate: 16})
	kept := keepalive(t, addr)
	sockets := startLoad(t, load.Config{Load: load.Websocket, Address: addr, Workers: 8, Rate: 16})
	fresh.awaitNew()
	for range 20 {
		s.handOff(fresh)
	}
	for name, l := range map[string]*loading{"new connections": fresh, "slow requests": slow} {
		if r := l.end(); r.Requests == 0 || r.Failed() != 0 {
			t.Errorf("%s: want no loss: %v", name, r)
		}
	}
	// A client that keeps its connection may meet the end of a server that does not
	// drain. How many do is stated, not promised.
	asked, failed := kept()
	t.Logf("keep-alive: %d of %d requests failed", failed, asked)
	r := sockets.end()
	t.Logf("websockets: %d of %d echoes failed", r.Failed(), r.Requests)
	if asked == 0 || r.Requests == 0 {
		t.Error("nobody has asked")
	}
	s.awaitAlone()
	s.stop()
}

// keepalive has clients that look whether their connection was closed, as most do, ask
// again after pauses of many lengths, and never try again. end returns what they counted.
func keepalive(t *testing.T, addr string) (end func() (asked, failed int64)) {
	ctx, stop := context.WithCancel(t.Context())
	var all, lost atomic.Int64
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			c := http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}, Timeout: patience}
			defer c.CloseIdleConnections()
			for pause := time.Duration(0); ctx.Err() == nil; pause = (pause + 70*time.Millisecond) % (700 * time.Millisecond) {
				select {
				case <-ctx.Done():
				case <-time.After(pause):
				}
				all.Add(1)
				// Not a GET, which net/http would try again.
				resp, err := c.Post("http://"+addr, "text/plain", nil)
				if err != nil {
					lost.Add(1)
					continue
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		})
	}
	return func() (int64, int64) {
		stop()
		clients.Wait()
		return all.Load(), lost.Load()
	}
}

// A version that never listens, or that crashes, changes nothing.
func TestRelayedBadVersions(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	s := startRelayed(t, []string{"http=tcp://" + addr}, byRelay)
	before := s.pid()
	s.add("ready.timeout = \"2s\"\n") // the first one may take its time
	l := startLoad(t, load.Config{Load: load.HTTP, Address: addr, Workers: 2, Rate: 200})
	l.awaitNew()
	for _, wrong := range []string{"never", "crash"} {
		s.mark(wrong)
		if out, code := s.verb("reload"); code != 4 {
			t.Errorf("%s: exit code %d: %s", wrong, code, out)
		}
		s.unmark(wrong)
	}
	if r := l.end(); r.Requests == 0 || r.Failed() != 0 || len(r.Versions) != 1 || s.pid() != before {
		t.Errorf("want no loss and one version: %v", r)
	}
	s.stop()
	if want := "it does not listen at port "; !strings.Contains(s.output.String(), want) {
		t.Errorf("nobody says what is missing")
	}
}

// Connections that come while the version in service is started again wait for it.
func TestRelayedCrash(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	s := startRelayed(t, []string{"http=tcp://" + addr}, byRelay)
	const workers, crashes = 4, 5
	l := startLoad(t, load.Config{Load: load.HTTP, Address: addr, Workers: workers, Rate: 400})
	l.awaitNew()
	for range crashes {
		if err := syscall.Kill(s.pid(), syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Fatal(err)
		}
		l.awaitNew()
	}
	// Those under way died with it.
	if r := l.end(); r.Failures[load.Refused] != 0 || r.Failures[load.Timeout] != 0 || r.Failed() > crashes*workers {
		t.Errorf("want only what was under way to be lost: %v", r)
	}
	s.stop()
}

// What comes before anything is ready waits, and after a time it is closed.
func TestRelayedHold(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	s := startRelayed(t, []string{"http=tcp://" + addr}, "args = [\"{{port}}\"]\nhandoff.hold = \"1s\"\nready.timeout = \"1m\"\n") // by auto, since it asks for the port
	s.mark("never")
	if err := syscall.Kill(s.pid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	c := heldBy(t, s, addr)
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	if n, err := c.Read(make([]byte, 1)); n > 0 || err == nil {
		t.Errorf("got %d bytes, %v", n, err)
	}
	s.unmark("never")
	if err := syscall.Kill(s.pid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	// Until it serves again, what has waited for a second is closed.
	s.awaitSign("an answer", func() bool {
		resp, err := http.Post("http://"+addr, "text/plain", nil)
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		return err == nil && strings.TrimSpace(string(text)) == "hello"
	})
	http.DefaultClient.CloseIdleConnections()
	s.stop()
	if want := "that had waited 1s (handoff.hold)"; !strings.Contains(s.output.String(), want) {
		t.Errorf("%q is nowhere in\n%s", want, s.output)
	}
}

// heldBy connects until the status shows that the connection waits.
func heldBy(t *testing.T, s *supervised, addr string) net.Conn {
	t.Helper()
	for deadline := time.Now().Add(patience); ; {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if out, _ := s.verb("status"); strings.Contains(out, "1 connection waits until a process can take") {
			return c
		}
		c.Close()
		if time.Now().After(deadline) {
			t.Fatal("no connection waits")
		}
	}
}

// The service sees who its clients are, if it wants to.
func TestRelayedProxyHeader(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	s := startRelayed(t, []string{"http=tcp://" + addr}, byRelay+"handoff.proxy = true\nready.by = \"http\"\nready.check = \"http\"\nready.confirm = \"100ms\"\n", "proxy")
	s.reloads()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	resp := getOn(t, c)
	if got := resp.Header.Get("X-Client"); got != c.LocalAddr().String() {
		t.Errorf("the service sees %q, the client is %q", got, c.LocalAddr())
	}
	if by := s.web().Generations[0].ReadyBy; by != "http" {
		t.Errorf("ready by %q", by)
	}
	s.stop()
}

func getOn(t *testing.T, c net.Conn) *http.Response {
	t.Helper()
	k := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(context.Context, string, string) (net.Conn, error) { return c, nil }}}
	resp, err := k.Get("http://localhost/")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp
}

// Each socket has a port of its own, and the public one may be of another kind.
func TestRelayedSockets(t *testing.T) {
	t.Parallel()
	path, admin := freeAddress(t, "unix"), freeAddress(t, "http")
	s := startRelayed(t, []string{"http=unix://" + path, "admin=tcp://" + admin}, byRelay+"workers = 2\nready.by = \"http\"\n")
	seen := map[string]bool{}
	for range 4 {
		resp := get(t, "unix", path, "/")
		if body(t, resp) != "hello" || resp.Header.Get("X-Host") != "127.0.0.1" {
			t.Errorf("got %+v", resp.Header)
		}
		seen[resp.Header.Get("X-Version")] = true
	}
	if len(seen) != 2 {
		t.Errorf("%d workers have answered", len(seen))
	}
	if got := body(t, get(t, "tcp", admin, "/")); !strings.HasPrefix(got, "admin of ") {
		t.Errorf("got %q", got)
	}
	for _, p := range s.web().Generations[0].Processes {
		if len(p.Ports) != 2 {
			t.Errorf("the status shows ports %v", p.Ports)
		}
	}
	s.reloads()
	s.awaitAlone()
	if got := body(t, get(t, "unix", path, "/")); got != "hello" {
		t.Errorf("got %q", got)
	}
	s.stop()
}

// A stop answers what is under way, though the service does not.
func TestRelayedStop(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	s := startRelayed(t, []string{"http=tcp://" + addr}, byRelay)
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	io.WriteString(c, "GET /wait HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
	s.awaitSign("the request", func() bool { _, err := os.Stat(filepath.Join(filepath.Dir(s.config), "busy")); return err == nil })
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	s.awaitSign("the drain", func() bool { return strings.Contains(s.output.String(), "draining") })
	s.mark("go")
	if text, err := io.ReadAll(c); err != nil || !strings.Contains(string(text), "hello") {
		t.Errorf("got %q, %v", text, err)
	}
	if err := <-s.exited; err != nil {
		t.Error(err)
	}
}

// awaitSign looks until it is so.
func (s *supervised) awaitSign(what string, so func() bool) {
	s.t.Helper()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for deadline := time.After(patience); !so(); {
		select {
		case <-again.C:
		case <-deadline:
			s.t.Fatalf("%s has not come", what)
		}
	}
}

// A supervisor that is replaced passes on what it has accepted, and the next one what
// comes from then on.
func TestRelayedUpgrade(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	s := startRelayed(t, []string{"http=tcp://" + addr}, byRelay)
	fresh := startLoad(t, load.Config{Load: load.HTTP, Address: addr, Workers: 4, Rate: 400})
	slow := startLoad(t, load.Config{Load: load.Slow, Path: "/?d=500ms", Address: addr, Workers: 16, Rate: 16})
	fresh.awaitNew()
	const upgrades = 5
	pid := s.cmd.Process.Pid
	for range upgrades {
		if out, code := s.verb("upgrade"); code != 0 {
			t.Fatalf("upgrade: exit code %d: %s", code, out)
		}
		fresh.awaitNew()
		now := s.supervisorPID()
		if now == pid {
			t.Error("the supervisor is the same")
		}
		pid = now
	}
	for name, l := range map[string]*loading{"new connections": fresh, "slow requests": slow} {
		if r := l.end(); r.Requests == 0 || r.Failed() != 0 || name == "new connections" && len(r.Versions) != upgrades+1 {
			t.Errorf("%s: want no loss: %v", name, r)
		}
	}
	if out, code := s.verb("stop"); code != 0 {
		t.Errorf("stop: exit code %d: %s", code, out)
	}
}

// supervisorPID is that of the supervisor in charge.
func (s *supervised) supervisorPID() int {
	s.t.Helper()
	out, code := s.verb("status", "--json")
	var st control.Status
	if err := json.Unmarshal([]byte(out), &st); err != nil || code != 0 {
		s.t.Fatalf("status: exit code %d, %v\n%s", code, err, out)
	}
	return st.PID
}
