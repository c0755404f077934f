package systemd

import (
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// manager is a systemd that remembers what it is told.
type manager struct {
	t    *testing.T
	conn *net.UnixConn
}

func connect(t *testing.T, watchdog time.Duration) (*manager, *Manager) {
	t.Helper()
	dir, err := os.MkdirTemp("", "s") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: dir + "/notify", Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetReadDeadline(time.Now().Add(patience))
	t.Setenv("NOTIFY_SOCKET", dir+"/notify")
	if watchdog > 0 {
		t.Setenv("WATCHDOG_USEC", strconv.FormatInt(watchdog.Microseconds(), 10))
		t.Setenv("WATCHDOG_PID", strconv.Itoa(os.Getpid()))
	}
	m, err := Connect()
	if err != nil || m == nil {
		t.Fatalf("not connected: %v, %v", m, err)
	}
	return &manager{t, conn}, m
}

// next returns the next message, and how many descriptors came with it.
func (y *manager) next() (text string, fds int) {
	y.t.Helper()
	b, oob := make([]byte, 4096), make([]byte, 64)
	n, oobn, _, _, err := y.conn.ReadMsgUnix(b, oob)
	if err != nil {
		y.t.Fatal(err)
	}
	control, err := syscall.ParseSocketControlMessage(oob[:oobn])
	if err != nil {
		y.t.Fatal(err)
	}
	for _, c := range control {
		got, _ := syscall.ParseUnixRights(&c)
		for _, fd := range got {
			syscall.Close(fd)
			fds++
		}
	}
	return string(b[:n]), fds
}

func (y *manager) hears(want string) {
	y.t.Helper()
	if got, _ := y.next(); got != want {
		y.t.Errorf("systemd hears %q, want %q", got, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestWithoutSystemd(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	m, err := Connect()
	if m != nil || err != nil {
		t.Fatalf("connected: %v, %v", m, err)
	}
	for _, f := range []func() error{
		m.Ready, m.Reloading, m.Reloaded, m.Watchdog, func() error { return m.Stopping(1) },
		func() error { return m.Extend(1) }, func() error { return m.Status("x") },
		func() error { return m.Forget(listener.Address{}) },
	} {
		must(t, f())
	}
	m.Follow(t.Context(), nil, nil, nil)
	if m.WatchdogInterval() != 0 {
		t.Error("there is a watchdog")
	}
}

func TestLife(t *testing.T) {
	y, m := connect(t, 0)
	must(t, m.Extend(90*time.Second))
	y.hears("EXTEND_TIMEOUT_USEC=90000000")
	must(t, m.Ready())
	y.hears("READY=1")
	must(t, m.Status("web: #1 serves\nsecond line"))
	y.hears("STATUS=web: #1 serves; second line")
	must(t, m.Stopping(time.Second))
	y.hears("STOPPING=1\nEXTEND_TIMEOUT_USEC=1000000")
}

// systemd knows of one reload: the last to end, of those that overlap, ends it.
func TestReloadsOverlap(t *testing.T) {
	y, m := connect(t, 0)
	// A reload while starting is none for systemd: it would end the start.
	must(t, m.Reloading())
	must(t, m.Reloaded())
	must(t, m.Ready())
	y.hears("READY=1")
	before := monotonic()
	for range 2 {
		must(t, m.Reloading())
		got, _ := y.next()
		usec, ok := strings.CutPrefix(got, "RELOADING=1\nMONOTONIC_USEC=")
		n, err := strconv.ParseInt(usec, 10, 64)
		if at := time.Duration(n) * time.Microsecond; !ok || err != nil || at < before.Truncate(time.Microsecond) || at > monotonic() {
			t.Errorf("systemd hears %q", got)
		}
	}
	must(t, m.Reloaded())
	must(t, m.Status("between"))
	y.hears("STATUS=between")
	must(t, m.Reloaded())
	y.hears("READY=1")
	must(t, m.Stopping(0))
	y.hears("STOPPING=1\nEXTEND_TIMEOUT_USEC=0")
	// Not back to running.
	must(t, m.Reloading())
	must(t, m.Reloaded())
	must(t, m.Status("end"))
	y.hears("STATUS=end")
}

func TestStore(t *testing.T) {
	y, m := connect(t, 0)
	a, err := listener.Parse("http=tcp://127.0.0.1:0")
	must(t, err)
	s, err := listener.Open(t.Context(), a)
	must(t, err)
	defer s.Close()
	must(t, m.Store(s))
	const name = "supervisor.http%3Dtcp%3A%2F%2F127.0.0.1%3A0"
	// What may be left of one that could not be adopted.
	y.hears("FDSTOREREMOVE=1\nFDNAME=" + name)
	if text, fds := y.next(); text != "FDSTORE=1\nFDPOLL=0\nFDNAME="+name || fds != 1 {
		t.Errorf("systemd hears %q with %d descriptors", text, fds)
	}
	must(t, m.Forget(a))
	y.hears("FDSTOREREMOVE=1\nFDNAME=" + name)
	must(t, m.Stopping(0))
	y.hears("STOPPING=1\nEXTEND_TIMEOUT_USEC=0")
	must(t, m.Forget(a))
	must(t, m.Status("kept"))
	y.hears("STATUS=kept")
	// The path goes with the close.
	a, err = listener.Parse("http=unix:///run/web")
	must(t, err)
	must(t, m.Forget(a))
	y.hears("FDSTOREREMOVE=1\nFDNAME=" + ownPrefix + a.Key())
	must(t, m.Discard(listener.Inherited{Name: a.Key()}))
	y.hears("FDSTOREREMOVE=1\nFDNAME=" + ownPrefix + a.Key())
}

// A socket of a .socket unit is systemd's: it would come back as ours, and its path
// would be removed.
func TestStoreLeavesOutWhatIsLent(t *testing.T) {
	y, m := connect(t, 0)
	a, err := listener.Parse("http=tcp://127.0.0.1:0")
	must(t, err)
	made, err := listener.Open(t.Context(), a)
	must(t, err)
	defer made.Close()
	fd, err := syscall.Dup(made.FD())
	must(t, err)
	i, err := listener.Examine(fd, "http", false)
	must(t, err)
	h := &listener.Inheritance{}
	h.Add(i)
	lent, err := h.Open(t.Context(), a)
	must(t, err)
	defer lent.Close()
	must(t, m.Store(lent))
	must(t, m.Status("not stored"))
	y.hears("STATUS=not stored")
}

func TestWatchdogEnvironment(t *testing.T) {
	_, m := connect(t, 3*time.Second)
	if m.WatchdogInterval() != 3*time.Second {
		t.Errorf("the interval is %v", m.WatchdogInterval())
	}
	// What succeeds this process has another PID.
	if pid, usec := os.Getenv("WATCHDOG_PID"), os.Getenv("WATCHDOG_USEC"); pid != "" || usec != "3000000" {
		t.Errorf("a successor gets WATCHDOG_PID=%s WATCHDOG_USEC=%s", pid, usec)
	}
	t.Setenv("WATCHDOG_PID", "1")
	if m, err := Connect(); err != nil || m.WatchdogInterval() != 0 {
		t.Errorf("it feeds another one's watchdog: %v, %v", m, err)
	}
	t.Setenv("WATCHDOG_USEC", "soon")
	if _, err := Connect(); err == nil {
		t.Error("WATCHDOG_USEC=soon is accepted")
	}
}

func TestNobodyListens(t *testing.T) {
	_, m := connect(t, 0)
	must(t, os.Remove(m.socket))
	if err := m.Ready(); err == nil || !strings.HasPrefix(err.Error(), "cannot notify systemd: ") {
		t.Errorf("the error is %v", err)
	}
}

// It has to stay below what systemd reads.
func TestLongStatus(t *testing.T) {
	y, m := connect(t, 0)
	must(t, m.Status(strings.Repeat("ä", 5000)))
	text, _ := y.next()
	if !strings.HasSuffix(text, "ä…") || len(text) > 2100 {
		t.Errorf("systemd hears %d bytes", len(text))
	}
}
