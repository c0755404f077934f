//go:build unix

package doctor

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// shortDir is for sockets, whose paths must be short.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "d")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func listen(t *testing.T, network, at string) net.Listener {
	t.Helper()
	l, err := net.Listen(network, at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// staleSocket makes a socket that nobody listens on any more.
func staleSocket(t *testing.T, path string) {
	t.Helper()
	l := listen(t, "unix", path)
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close()
	if _, err := os.Lstat(path); err != nil {
		t.Fatal(err)
	}
}

func TestTry(t *testing.T) {
	dir := shortDir(t)
	path := func(name string) string { return filepath.Join(dir, name) }
	tcp := listen(t, "tcp", "127.0.0.1:0")
	listen(t, "unix", path("live"))
	staleSocket(t, path("stale"))
	put(t, path("file"), "")
	if err := try(t.Context(), address(t, "tcp://"+tcp.Addr().String())); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("of an address in use: %v", err)
	}
	if err := try(t.Context(), address(t, "127.0.0.1:0")); err != nil {
		t.Errorf("of a free address: %v", err)
	}
	if err := try(t.Context(), address(t, "unix://"+path("live"))); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("of a path in use: %v", err)
	}
	if err := try(t.Context(), address(t, "unix://"+path("file"))); err == nil {
		t.Error("a file is no place for a socket")
	}
	if err := try(t.Context(), address(t, "unix://"+path("none/x"))); !errors.Is(err, syscall.ENOENT) {
		t.Errorf("without a directory: %v", err)
	}
	for _, name := range []string{"stale", "free"} {
		if err := try(t.Context(), address(t, "unix://"+path(name))); err != nil {
			t.Errorf("of a path that is %s: %v", name, err)
		}
	}
	// Nothing was made, nothing removed.
	files, _ := os.ReadDir(dir)
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
	}
	if got := strings.Join(names, " "); got != "file live stale" {
		t.Errorf("there is %s now", got)
	}
}

func TestAskNobody(t *testing.T) {
	dir := shortDir(t)
	t.Setenv("RUNTIME_DIRECTORY", dir)
	t.Setenv("SUPERVISOR_CONTROL", "")
	staleSocket(t, filepath.Join(dir, "old.sock"))
	c, st := askSupervisor(t.Context(), control.PathOptions{Config: "x.toml"})
	if c.Err != nil || st != nil || !slices.Equal(c.Stale, []string{filepath.Join(dir, "old.sock")}) || c.Silent != nil {
		t.Errorf("got %+v, %v", c, st)
	}
	if !strings.HasPrefix(c.Path, dir+"/x-") {
		t.Errorf("the path is %s", c.Path)
	}
}

type supervisor struct{ control.Supervisor }

func (supervisor) Status(context.Context) (control.Status, error) {
	return control.Status{PID: 42, Services: []control.Service{{Name: "web"}}}, nil
}

func (supervisor) Changes() <-chan struct{} { return nil }

// serveControl answers as a supervisor until the test ends.
func serveControl(t *testing.T, path string) {
	t.Helper()
	server, err := control.Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); server.Serve(ctx, supervisor{}) }()
	t.Cleanup(func() { cancel(); <-done; server.Close() })
}

func TestAskSupervisor(t *testing.T) {
	path := filepath.Join(shortDir(t), "c")
	serveControl(t, path)
	c, st := askSupervisor(t.Context(), control.PathOptions{Control: path})
	if c.Err != nil || c.Path != path || c.Stale != nil || c.Silent != nil || st == nil || st.PID != 42 ||
		len(c.Live) != 1 || c.Live[0].PID != 42 {
		t.Errorf("got %+v, %+v", c, st)
	}
}

// What accepts and hangs up is no supervisor.
func TestAskSilent(t *testing.T) {
	path := filepath.Join(shortDir(t), "c")
	l := listen(t, "unix", path)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	c, st := askSupervisor(t.Context(), control.PathOptions{Control: path})
	if !slices.Equal(c.Silent, []string{path}) || st != nil {
		t.Errorf("got %+v, %v", c, st)
	}
	l.Close()
	<-done
}

// script puts an executable in place.
func script(t *testing.T, file, text string) {
	t.Helper()
	put(t, file, "#!/bin/sh\n"+text)
	if err := os.Chmod(file, 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestLookAtGo(t *testing.T) {
	dir, bin := t.TempDir(), t.TempDir()
	put(t, filepath.Join(dir, "go.mod"), "module x\n\ngo 1.99\n")
	put(t, filepath.Join(bin, "go.env"), "GOTOOLCHAIN=auto\n")
	put(t, filepath.Join(bin, "p", "bin", "dlv"), "")
	script(t, filepath.Join(bin, "go"), `test "$GOTOOLCHAIN" = local || exit 1
echo '{"GOVERSION": "go1.26.1 X:abc", "GOROOT": "`+bin+`", "GOENV": "/nonexistent", "GOPATH": "`+bin+`/p:/q", "GOMODCACHE": "/nonexistent"}'
`)
	o := Options{Dir: dir, Environ: []string{"PATH=" + bin, "GOWORK=off"}}
	g := lookAtGo(t.Context(), o)
	if g.Err != nil || g.Version != "go1.26.1" || g.Toolchain != "auto" || g.Bin != bin+"/p/bin" || !g.Installed || g.OnPath ||
		len(g.Modules) != 1 || g.Modules[0].Go != "go1.99" {
		t.Errorf("got %+v", g)
	}
	script(t, filepath.Join(bin, "go"), "echo broken >&2; exit 1\n")
	if g := lookAtGo(t.Context(), o); g.Err == nil || !strings.Contains(g.Err.Error(), "broken") {
		t.Errorf("got %+v", g)
	}
	o.Environ = []string{"PATH=" + t.TempDir(), "GOROOT=" + dir}
	script(t, filepath.Join(dir, "bin", "go"), "")
	if g := lookAtGo(t.Context(), o); g.Command != "" || g.Elsewhere != filepath.Join(dir, "bin", "go") {
		t.Errorf("got %+v", g)
	}
}

func TestFindCommands(t *testing.T) {
	dir := t.TempDir()
	script(t, filepath.Join(dir, "bin", "web"), "")
	put(t, filepath.Join(dir, "plain"), "")
	web := filepath.Join(dir, "bin", "web")
	service := func(command string, env ...string) config.Service {
		return config.Service{Dir: dir, Command: []string{command}, Env: env}
	}
	services := []config.Service{
		service("./bin/web"), service("bin/web"), service(web), service("web", "PATH="+dir+"/bin"),
		service("web"), service("./plain"), service("./bin"),
	}
	want := []string{web, web, web, web, "", "", ""}
	for i, c := range findCommands(Options{Config: &config.Config{Services: services}, Environ: []string{"PATH=/nonexistent"}}) {
		if c.Path != want[i] {
			t.Errorf("%s: got %q, want %q", c.Name, c.Path, want[i])
		}
	}
}

func TestUnitFiles(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"web.service", "deploy/web.socket", "deploy/a@.service", "other/x.service", "x.conf"} {
		put(t, filepath.Join(dir, name), "")
	}
	var got []string
	for _, f := range unitFiles(dir) {
		if rel, err := filepath.Rel(dir, f); err == nil && !strings.HasPrefix(rel, "..") {
			got = append(got, rel)
		}
	}
	if want := []string{"web.service", "deploy/web.socket"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for unit, want := range map[string]bool{
		"ExecStart=/usr/bin/supervisor run":    true,
		" ExecStart=-/usr/bin/supervisor":      true,
		"ExecStart=/usr/bin/supervisord -n":    false,
		"# ExecStart=/usr/bin/supervisor run":  false,
		"ExecStart=/bin/true supervisor":       false,
		"ExecStartPre=/usr/bin/supervisor run": false,
	} {
		if got := startsSupervisor("[Service]\n" + unit + "\n"); got != want {
			t.Errorf("%s: %v", unit, got)
		}
	}
}

func TestVerifyUnits(t *testing.T) {
	dir, bin := t.TempDir(), t.TempDir()
	put(t, filepath.Join(dir, "web.service"), "")
	o := Options{Dir: dir, Environ: []string{"PATH=" + bin}}
	if got := verifyUnits(t.Context(), o); got != nil {
		t.Errorf("without systemd: %v", got)
	}
	script(t, filepath.Join(bin, "systemd-analyze"), `test "$1" = verify || exit 9
echo "$3:2: Unknown key 'A' in section [Service], ignoring." >&2
echo "other.service: is broken" >&2
`)
	got := ofProject(verifyUnits(t.Context(), o), dir)
	if len(got) != 1 || got[0].Rejected || len(got[0].Said) != 1 || !strings.Contains(got[0].Said[0], "Unknown key") {
		t.Errorf("of a unit with an unknown key: %+v", got)
	}
	script(t, filepath.Join(bin, "systemd-analyze"), "echo 'web.service: Refusing.'; exit 1\n")
	if got = ofProject(verifyUnits(t.Context(), o), dir); len(got) != 1 || !got[0].Rejected {
		t.Errorf("of a unit that is refused: %+v", got)
	}
}

// ofProject leaves out the units of this machine.
func ofProject(all []Unit, dir string) []Unit {
	return slices.DeleteFunc(all, func(u Unit) bool { return filepath.Dir(u.File) != dir })
}

// Together they find what is planted, and within their time.
func TestGather(t *testing.T) {
	dir := shortDir(t)
	t.Setenv("RUNTIME_DIRECTORY", dir)
	t.Setenv("SUPERVISOR_CONTROL", "")
	tcp := listen(t, "tcp", "127.0.0.1:0")
	web := config.Service{Name: "web", Dir: dir, Command: []string{"./web"}, Listen: []listener.Address{address(t, "tcp://"+tcp.Addr().String())}}
	f := Gather(t.Context(), Options{
		Dir: dir, Environ: []string{"PATH=/nonexistent"}, Config: &config.Config{Services: []config.Service{web}},
		Silent: func(at string) string { return map[string]string{dir: "nfs"}[at] },
	})
	all := Diagnose(f)
	for _, want := range []string{
		"problem command: web runs ./web, which is not there | …",
		"problem address: tcp://" + tcp.Addr().String() + " is taken by …| …",
		"warning files: " + dir + " (nfs) does not report changes made elsewhere | …",
		"ok control: no supervisor runs here…",
	} {
		if !slices.ContainsFunc(all, func(f Finding) bool { return fits(line(f), want) }) {
			t.Errorf("nothing like %q in %v", want, all)
		}
	}
}

// What hangs is given up, and the rest is there.
func TestGatherIsBounded(t *testing.T) {
	dir, bin := shortDir(t), t.TempDir()
	put(t, filepath.Join(dir, "web.service"), "")
	t.Setenv("RUNTIME_DIRECTORY", dir)
	for _, name := range []string{"go", "systemd-analyze"} {
		if err := syscall.Mkfifo(filepath.Join(dir, name), 0o600); err != nil {
			t.Fatal(err)
		}
		// The child of what is killed holds its output.
		script(t, filepath.Join(bin, name), "sleep 600 &\necho $! > "+filepath.Join(dir, name)+"\nwait\n")
	}
	ctx, cancel := context.WithCancel(t.Context())
	hung := make(chan struct{})
	defer close(hung)
	done := make(chan Facts, 1)
	go func() {
		done <- Gather(ctx, Options{
			Dir: dir, Environ: []string{"PATH=" + bin + ":/usr/bin:/bin"},
			Config: &config.Config{Services: []config.Service{{Name: "web", Dir: dir, Command: []string{"./web"}}}},
			Silent: func(string) string { <-hung; return "" },
		})
	}()
	for _, name := range []string{"go", "systemd-analyze"} {
		text, err := os.ReadFile(filepath.Join(dir, name)) // as soon as it runs
		if err != nil {
			t.Fatal(err)
		}
		pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		defer syscall.Kill(pid, syscall.SIGKILL)
	}
	cancel()
	select {
	case f := <-done:
		if len(f.Commands) != 1 || f.Go.Err == nil || f.Units != nil || f.Trees != nil || f.Late != 1 {
			t.Errorf("got %+v", f)
		}
	case <-time.After(time.Minute):
		t.Fatal("it does not end")
	}
}
