//go:build unix

package handoff

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// parent holds the sockets of TestGenerationsLoseNothing, as the supervisor does.
type parent struct {
	t     *testing.T
	names []string
	files []*os.File
	web   string
	raw   string
	path  string
	udp   string
}

func newParent(t *testing.T) *parent {
	p := &parent{t: t, path: shortDir(t) + "/s"}
	p.web = p.hold("web", listen(t, "tcp", "127.0.0.1:0"))
	p.raw = p.hold("raw", listen(t, "tcp", "127.0.0.1:0"))
	p.hold("path", listen(t, "unix", p.path))
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { udp.Close() })
	p.udp = udp.LocalAddr().String()
	p.keep("udp", udp.(syscall.Conn))
	return p
}

func (p *parent) hold(name string, l net.Listener) string {
	p.keep(name, l.(syscall.Conn))
	return l.Addr().String()
}

func (p *parent) keep(name string, socket syscall.Conn) {
	p.names = append(p.names, name)
	f := os.NewFile(uintptr(duplicate(p.t, socket)), name)
	p.t.Cleanup(func() { f.Close() })
	p.files = append(p.files, f)
}

// start runs a generation and returns when it is ready.
func (p *parent) start(generation int) *exec.Cmd {
	p.t.Helper()
	news := mustReceive(p.t)
	cmd := exec.Command(os.Args[0])
	cmd.ExtraFiles = p.files
	cmd.Stderr = os.Stderr
	cmd.Env = append(StripEnv(os.Environ()),
		fmt.Sprintf("%s=%d", serviceEnv, generation),
		"HANDOFF_TEST_PATH="+p.path,
		"LISTEN_FDS="+strconv.Itoa(len(p.files)),
		"LISTEN_FDNAMES="+strings.Join(p.names, ":"),
		"NOTIFY_SOCKET="+news.Path(),
	)
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { // of no effect on one that has ended
		cmd.Process.Kill()
		cmd.Wait()
	})
	for {
		m := nextNotice(p.t, news)
		if m.Err != nil {
			p.t.Fatal(m.Err)
		}
		if m.Notice.Ready {
			return cmd
		}
	}
}

func (p *parent) loads() *loads {
	often := &keepAlive{addr: p.web}
	seldom := &keepAlive{addr: p.web, pause: 30 * time.Millisecond}
	return startLoads(p.t, []*load{
		{name: "http", ask: askClose(p.web)},
		{name: "keepalive", ask: often.ask},
		{name: "seldom", ask: seldom.ask},
		{name: "h2c", ask: askHTTP2(p.t, p.web)},
		{name: "tcp", ask: askConn("tcp", p.raw)},
		{name: "unix", ask: askConn("unix", p.path)},
		{name: "udp", ask: askPacket(p.t, p.udp)},
	})
}

// TestGenerationsLoseNothing hands sockets from generation to generation under load by clients that
// forgive nothing. Each is ready before the one before it gets SIGTERM, so all drain side by side.
func TestGenerationsLoseNothing(t *testing.T) {
	const generations = 30
	p := newParent(t)
	var exits []*exec.Cmd
	serving := p.start(1)
	all := p.loads()
	for n := 2; n <= generations; n++ {
		next := p.start(n)
		if err := serving.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		exits = append(exits, serving)
		serving = next
		all.waitFor(t, int64(n))
	}
	errs := all.stop()
	if err := serving.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for _, err := range errs {
		t.Error(err)
	}
	for i, cmd := range append(exits, serving) {
		if err := cmd.Wait(); err != nil {
			t.Errorf("generation %d: %v", i+1, err)
		}
	}
	for _, f := range p.files {
		if !nonblocking(t, f) {
			t.Errorf("O_NONBLOCK was cleared on %s", f.Name())
		}
	}
	t.Log(all)
}

func listen(t *testing.T, network, addr string) net.Listener {
	t.Helper()
	l, err := net.Listen(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// duplicate does not disturb O_NONBLOCK, as File would.
func duplicate(t *testing.T, socket syscall.Conn) (fd int) {
	t.Helper()
	raw, err := socket.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if failed := raw.Control(func(old uintptr) {
		fd, err = unix.FcntlInt(old, unix.F_DUPFD_CLOEXEC, 3)
	}); failed != nil || err != nil {
		t.Fatal(failed, err)
	}
	return fd
}

func nonblocking(t *testing.T, file syscall.Conn) bool {
	t.Helper()
	raw, err := file.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	flags := 0
	if failed := raw.Control(func(fd uintptr) {
		flags, err = unix.FcntlInt(fd, unix.F_GETFL, 0)
	}); failed != nil || err != nil {
		t.Fatal(failed, err)
	}
	return flags&unix.O_NONBLOCK != 0
}

// shortDir is for unix sockets, whose path may have 107 bytes.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
