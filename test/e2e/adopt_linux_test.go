package e2e

import (
	"context"
	"encoding/json"
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

	"golang.org/x/sys/unix"

	"github.com/seed-27ba25bb/supervisor/internal/adopt"
	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// plain is built from a service that binds for itself and dies on SIGTERM.
var plain = sync.OnceValues(func() (string, error) {
	if _, err := os.ReadFile("plain/main.go"); err != nil {
		return "", err
	}
	return goBuild("./plain")
})

// startPlain runs the plain service. It cannot tell anyone how it is: its version is
// its PID.
func startPlain(t *testing.T, addr, more string) *supervised {
	t.Helper()
	return startUnlistened(t, more, built(t, plain), addr)
}

// startUnlistened runs a command with no listen in its config.
func startUnlistened(t *testing.T, more string, command ...string) *supervised {
	t.Helper()
	bin, dir := built(t, programs.supervisor), shortDir(t)
	s := &supervised{t: t, busy: map[string]bool{}, config: filepath.Join(dir, "supervisor.toml")}
	text := fmt.Sprintf("[services.web]\ncommand = %s\n%s", quoted(command), more)
	if err := os.WriteFile(s.config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	s.env = append(os.Environ(), "SUPERVISOR_CONTROL="+filepath.Join(dir, "control"), "XDG_RUNTIME_DIR="+dir, "XDG_STATE_HOME="+dir)
	s.run(bin, "run")
	return s
}

func (s *supervised) reloads() {
	s.t.Helper()
	if out, code := s.verb("reload"); code != 0 {
		s.t.Fatalf("reload: exit code %d\n%s", code, out)
	}
}

// web is how the one service stands.
func (s *supervised) web() control.Service {
	s.t.Helper()
	out, code := s.verb("status", "--json")
	var st control.Status
	if err := json.Unmarshal([]byte(out), &st); err != nil || code != 0 || len(st.Services) != 1 {
		s.t.Fatalf("status: exit code %d, %v\n%s", code, err, out)
	}
	return st.Services[0]
}

// awaitAlone waits until former generations are gone.
func (s *supervised) awaitAlone() {
	s.t.Helper()
	for deadline := time.Now().Add(patience); len(s.web().Generations) > 1; {
		if time.Now().After(deadline) {
			s.t.Fatal("former generations do not end")
		}
	}
}

// pid is that of the first process of the newest generation, once there is one.
func (s *supervised) pid() (pid int) {
	s.t.Helper()
	s.awaitSign("a process", func() bool {
		if all := s.web().Generations[0].Processes; len(all) > 0 {
			pid = all[0].PID
		}
		return pid > 0
	})
	return pid
}

// A service that hands its sockets over by itself goes on doing so: it is ready
// when it says so, and what it has bound is not adopted.
func TestNotAdopted(t *testing.T) {
	for socket, c := range map[string]load.Config{
		"http": {Load: load.HTTP, Rate: 800},
		"unix": {Load: load.Unix, Rate: 800},
		"udp":  {Load: load.UDP, Rate: 800},
	} {
		t.Run(socket, func(t *testing.T) {
			t.Parallel()
			c.Address, c.Workers = freeAddress(t, socket), 4
			roster, notices := listenRoster(t)
			s := startUnlistened(t, "", built(t, programs.service), "-"+socket, c.Address, "-roster", roster)
			s.notices = notices
			s.awaitReady(1)
			l := startLoad(t, c)
			l.awaitAnswer(s.newest())
			for range 20 {
				s.hangUp()
				l.awaitAnswer(s.newest())
				s.awaitSettled(most)
			}
			r := l.end()
			wantNoLoss(t, r, s.ready)
			wantForward(t, r, s.ready)
			web := s.web()
			if by := web.Generations[0].ReadyBy; by != "notify" {
				t.Errorf("ready by %q", by)
			}
			if len(web.Sockets) != 1 || !web.Sockets[0].Learnt {
				t.Errorf("sockets: %+v", web.Sockets)
			}
			s.stop()
		})
	}
}

// port is that of an address, with the colon.
func port(addr string) string {
	_, p, _ := net.SplitHostPort(addr)
	return ":" + p
}

const drain3s = "[services.web.drain]\ntimeout = \"3s\"\n"

// handOff asks for a handoff and waits for the answer of a version that has not
// answered before.
func (s *supervised) handOff(l *loading) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		s.t.Fatal(err)
	}
	l.awaitNew()
}

// awaitNew waits for a version that has not answered before.
func (l *loading) awaitNew() {
	l.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case v := <-l.seen:
			if l.answers[v] {
				continue
			}
			l.answers[v] = true
			return
		case <-deadline:
			l.t.Fatalf("no new version has answered for %v", patience)
		}
	}
}

// A program that binds for itself, and that a signal ends at once, is handed off
// under load as if it were made for it.
func TestAdoptedNewConnections(t *testing.T) {
	for name, host := range map[string]struct{ bound, dialed string }{
		"IPv4": {"127.0.0.1", "127.0.0.1"},
		"IPv6": {"[::1]", "[::1]"},
		"dual": {"", "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			on := port(freeAddress(t, "http"))
			addr := host.dialed + on
			s := startPlain(t, host.bound+on, drain3s)
			awaitListener(t, addr)
			l := startLoad(t, load.Config{Load: load.HTTP, Address: addr, Workers: 4, Rate: 800})
			l.awaitNew()
			for range handoffs {
				s.handOff(l)
			}
			r := l.end()
			if r.Requests == 0 || r.Failed() != 0 || len(r.Versions) != handoffs+1 {
				t.Errorf("want no loss and %d versions: %v", handoffs+1, r)
			}
			s.stop()
		})
	}
}

// awaitListener waits for the first process to listen.
func awaitListener(t *testing.T, addr string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// A request on a connection that is kept alive may meet its server's end, as it may
// with any server that closes what is idle. How many do is stated, not promised;
// clients look whether a connection was closed before they use it again.
func TestAdoptedKeepalive(t *testing.T) {
	// Alone: how many meet it depends on what else the machine does.
	addr := freeAddress(t, "http")
	s := startPlain(t, addr, "")
	awaitListener(t, addr)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var asked, failed atomic.Int64
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
				asked.Add(1)
				// Not a GET, which net/http would try again.
				resp, err := c.Post("http://"+addr, "text/plain", nil)
				if err != nil {
					failed.Add(1)
					t.Log(err)
					continue
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		})
	}
	for range 10 {
		s.reloads()
		s.awaitAlone()
	}
	stop()
	clients.Wait()
	t.Logf("%d of %d requests failed in 10 handoffs", failed.Load(), asked.Load())
	if asked.Load() == 0 || failed.Load() > 4 {
		t.Error("that is too many")
	}
	s.stop()
}

// Requests of half a second are under way when a generation is stopped that does
// not wait for them.
func TestAdoptedSlowRequests(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	s := startPlain(t, addr, "")
	awaitListener(t, addr)
	l := startLoad(t, load.Config{Load: load.Slow, Path: "/?d=500ms", Address: addr, Workers: 64, Rate: 50})
	l.awaitNew()
	for range 10 {
		s.handOff(l)
	}
	r := l.end()
	if r.Requests == 0 || r.Failed() != 0 {
		t.Errorf("want no loss: %v", r)
	}
	s.stop()
}

// What waits in the queue of a process that dies is for the one that takes its place.
func TestAdoptedCrash(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	s := startPlain(t, addr, drain3s)
	awaitListener(t, addr)
	const workers = 4
	l := startLoad(t, load.Config{Load: load.HTTP, Address: addr, Workers: workers, Rate: 400})
	const crashes = 5
	l.awaitNew()
	for range crashes {
		if err := syscall.Kill(s.pid(), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		l.awaitNew()
	}
	r := l.end()
	// The requests that it had accepted died with it.
	if r.Failures[load.Refused] != 0 || r.Failures[load.Timeout] != 0 || r.Failed() > crashes*workers {
		t.Errorf("want only what was accepted to be lost: %v", r)
	}
	s.stop()
}

// A socket that is none of the service's is found and named, and by classic BPF there is
// no handoff until it is gone.
func TestForeignMember(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t, "http")
	s := startPlain(t, addr, "")
	awaitListener(t, addr)
	before := s.pid()
	share := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1) })
	}}
	share.SetMultipathTCP(false)
	foreign, err := share.Listen(context.Background(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	out, code := s.verb("reload")
	want := 4
	if adopt.SteeredByEBPF() == nil {
		want = 0 // it gets no connections, and is named all the same
	}
	if code != want || (s.pid() == before) != (want == 4) {
		t.Errorf("reload: exit code %d, want %d: %s", code, want, out)
	}
	foreign.Close()
	s.reloads()
	s.stop()
	if want := fmt.Sprintf("process %d (", os.Getpid()); !strings.Contains(s.output.String(), want) {
		t.Errorf("%q is nowhere in\n%s", want, s.output)
	}
}

// Saving a file of a program that knows nothing of us puts the new version in
// service, with nothing said of sockets anywhere.
func TestAdoptedSaves(t *testing.T) {
	t.Parallel()
	bin, dir, addr := built(t, programs.supervisor), shortDir(t), freeAddress(t, "http")
	version := func(n int) {
		text, err := os.ReadFile("plain/main.go")
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.ReplaceAll(string(text), `"hello"`, fmt.Sprintf(`"hello %d"`, n))
		changed = strings.ReplaceAll(changed, "os.Args[1]", fmt.Sprintf("%q", addr))
		if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	version(1)
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/plain\n\ngo 1.26.0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := &supervised{t: t, busy: map[string]bool{}, config: filepath.Join(dir, "supervisor.toml")}
	if err := os.WriteFile(s.config, []byte("[services.web]\npackage = \".\"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s.env = append(os.Environ(), "SUPERVISOR_CONTROL="+filepath.Join(dir, "control"), "XDG_RUNTIME_DIR="+dir,
		"XDG_STATE_HOME="+dir, "CACHE_DIRECTORY="+filepath.Join(dir, ".cache"), "GOWORK=off")
	s.run(bin, "dev")
	awaitListener(t, addr)
	l := startLoad(t, load.Config{Load: load.HTTP, Address: addr, Workers: 2, Rate: 200})
	l.awaitNew()
	for n := range 4 {
		version(n + 2)
		l.awaitNew()
	}
	r := l.end()
	if r.Requests == 0 || r.Failed() != 0 || len(r.Versions) != 5 {
		t.Errorf("want no loss and 5 versions: %v", r)
	}
	s.stop()
}
