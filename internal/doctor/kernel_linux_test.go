package doctor

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/control"
)

// child starts the test binary as a service, and returns when it is ready.
func child(t *testing.T, as string, socket *os.File, env ...string) int {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), append(env, "DOCTOR_TEST_CHILD="+as)...)
	if socket != nil {
		cmd.ExtraFiles = []*os.File{socket}
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stdin.Close(); cmd.Wait() })
	if s, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		t.Fatalf("the service said %q: %v", s, err)
	}
	return cmd.Process.Pid
}

// held is a listening socket, as a supervisor holds and describes it.
func held(t *testing.T) (*os.File, control.Socket) {
	t.Helper()
	l := listen(t, "tcp", "127.0.0.1:0")
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, control.Socket{Name: "http", Address: "tcp://" + l.Addr().String(), Bound: l.Addr().String()}
}

// seen is how the kernel shows a service with one process.
func seen(t *testing.T, pid int, sockets ...control.Socket) Tree {
	t.Helper()
	st := control.Status{Services: []control.Service{{Name: "web", Sockets: sockets, Generations: []control.Generation{
		{Number: 1, Phase: "serving", Processes: []control.Process{{Phase: "backoff"}, {PID: pid}}},
	}}}}
	all := lookAtKernel(t.Context(), st, []config.Service{{Name: "other"}}, time.Millisecond)
	if len(all) != 1 || all[0].PID != pid || all[0].Hidden || len(all[0].Sockets) != len(sockets) {
		t.Fatalf("got %+v", all)
	}
	return all[0]
}

func TestKernelSeesWhatTakes(t *testing.T) {
	t.Parallel()
	f, k := held(t)
	tree := seen(t, child(t, "takes", f), k)
	if s := tree.Sockets[0]; !s.Open || !s.Polled || s.Waiting != 0 || tree.Own != nil || tree.Ignores || tree.Default {
		t.Errorf("got %+v", tree)
	}
}

func TestKernelSeesWhatDoesNotTake(t *testing.T) {
	t.Parallel()
	f, k := held(t)
	pid := child(t, "idle", f)
	if s := seen(t, pid, k).Sockets[0]; !s.Open || s.Polled || s.Waiting != 0 {
		t.Errorf("got %+v", s)
	}
	c, err := net.Dial("tcp", k.Bound)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if s := seen(t, pid, k).Sockets[0]; s.Polled || s.Waiting != 1 {
		t.Errorf("with a client: got %+v", s)
	}
	if s := seen(t, child(t, "idle", nil), k).Sockets[0]; s.Open {
		t.Errorf("without the descriptor: got %+v", s)
	}
}

func TestKernelSeesUnixSockets(t *testing.T) {
	t.Parallel()
	path := filepath.Join(shortDir(t), "s")
	f, err := listen(t, "unix", path).(*net.UnixListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if s := seen(t, child(t, "takes", f), control.Socket{Address: "unix://" + path, Bound: path}).Sockets[0]; !s.Polled {
		t.Errorf("got %+v", s)
	}
}

func TestKernelSeesOwnSockets(t *testing.T) {
	t.Parallel()
	f, k := held(t)
	if tree := seen(t, child(t, "own", f), k); len(tree.Own) != 1 || tree.Sockets[0].Polled {
		t.Errorf("got %+v", tree)
	}
}

// What a process leaves to those that carry its mark counts as its own.
func TestKernelSeesTheTree(t *testing.T) {
	t.Parallel()
	f, k := held(t)
	mark := "SUPERVISOR_PROCESS=" + t.Name()
	first := child(t, "idle", nil, mark)
	child(t, "takes", f, mark)
	if s := seen(t, first, k).Sockets[0]; !s.Polled {
		t.Errorf("got %+v", s)
	}
}

func TestKernelSeesSignals(t *testing.T) {
	t.Parallel()
	if tree := seen(t, child(t, "ignores", nil)); !tree.Ignores || tree.Default || tree.Signal != "TERM" {
		t.Errorf("got %+v", tree)
	}
	cmd := exec.Command("sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cmd.Process.Kill(); cmd.Wait() }()
	if tree := seen(t, cmd.Process.Pid); tree.Ignores || !tree.Default {
		t.Errorf("got %+v", tree)
	}
}

func TestParseInet(t *testing.T) {
	line := "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000  0 0 4711 1 0 100 0 0 10 0"
	inode, l, ok := parseInet(line)
	if !ok || inode != "4711" || l.at.String() != "127.0.0.1:8080" || l.waiting != 3 {
		t.Errorf("got %q, %+v, %v", inode, l, ok)
	}
	named := "0000000000000000: 00000002 00000000 00010000 0001 01  1234 /run/a b.sock\n"
	if inode, path, ok := parseUnix(named); !ok || inode != "1234" || path != "/run/a b.sock" {
		t.Errorf("got %q, %q, %v", inode, path, ok)
	}
	connected := "0000000000000000: 00000003 00000000 00000000 0001 03  1234 /run/a.sock\n"
	if _, _, ok := parseUnix(connected); ok {
		t.Error("a connection is no listener")
	}
}

func FuzzTables(f *testing.F) {
	f.Add("   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 4711 1 0")
	f.Add("ffff8881: 00000002 00000000 00010000 0001 01 1234 @abstract")
	f.Add("tfd:        5 events:       19 data: 5  pos:0 ino:61 sdev:5")
	f.Fuzz(func(t *testing.T, line string) {
		if inode, l, ok := parseInet(line); ok && (inode == "" || !l.at.IsValid() || l.waiting < 0) {
			t.Errorf("%q: %q, %+v", line, inode, l)
		}
		if inode, path, ok := parseUnix(line); ok && (inode == "" || path == "") {
			t.Errorf("%q: %q, %q", line, inode, path)
		}
		targets(line)
		mask(line, "SigIgn:")
	})
}

func TestInotifyNeeded(t *testing.T) {
	before := lookAtInotify(t.Context(), Options{})
	if before.MaxWatches == 0 || before.MaxInstances == 0 {
		t.Fatalf("got %+v", before)
	}
	dir := t.TempDir()
	for _, d := range []string{"a/b", "node_modules/x/y", ".git/z"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	services := []config.Service{{Dir: dir}, {Dir: filepath.Join(dir, "a")}}
	n := lookAtInotify(t.Context(), Options{Config: &config.Config{Services: services}})
	if n.Directories != 3 || n.Watchers != 3 {
		t.Errorf("got %+v, want 3 directories and 3 watchers", n)
	}
}

func TestInotifyOfAProcess(t *testing.T) {
	var before, after Inotify
	before.count(os.Getpid())
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if _, err := unix.InotifyAddWatch(fd, t.TempDir(), unix.IN_CREATE); err != nil {
		t.Fatal(err)
	}
	after.count(os.Getpid())
	if after.Instances != before.Instances+1 || after.Watches != before.Watches+1 {
		t.Errorf("got %+v, before it was %+v", after, before)
	}
}

func TestLeft(t *testing.T) {
	dir := shortDir(t)
	notify := "NOTIFY_SOCKET=" + filepath.Join(dir, "c.notify", "1")
	orphan := child(t, "idle", nil, "SUPERVISOR_SERVICE=web", notify)
	other := child(t, "idle", nil, notify)
	if !left(t.Context(), orphan) {
		t.Error("nobody answers its supervisor's socket")
	}
	if left(t.Context(), other) || left(t.Context(), os.Getpid()) {
		t.Error("what is no service has no supervisor")
	}
	staleSocket(t, filepath.Join(dir, "c"))
	if !left(t.Context(), orphan) {
		t.Error("its supervisor's socket is stale")
	}
	if err := os.Remove(filepath.Join(dir, "c")); err != nil {
		t.Fatal(err)
	}
	serveControl(t, filepath.Join(dir, "c"))
	if left(t.Context(), orphan) {
		t.Error("its supervisor answers")
	}
}
