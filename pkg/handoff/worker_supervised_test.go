//go:build unix

package handoff

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
)

// supervised makes a worker whose supervisor the test is.
func supervised(t *testing.T, found ...inherited) (*Worker, *Receiver) {
	t.Helper()
	news := mustReceive(t)
	w := worker(t, Options{})
	w.notify = notifier{socket: news.Path(), store: true}
	w.inherited = found
	return w, news
}

// inheritFD examines a duplicate, as the next process would see it.
func inheritFD(t *testing.T, name string, socket syscall.Conn) inherited {
	t.Helper()
	i, err := examine(duplicate(t, socket), name)
	must(t, err)
	return i
}

func TestInheritedListener(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:0", "[::1]:0"} {
		l := listen(t, "tcp", addr)
		w := worker(t, Options{})
		w.inherited = []inherited{inheritFD(t, "web", l.(syscall.Conn))}
		got, err := w.Listen("tcp", l.Addr().String())
		must(t, err)
		if got.Addr().String() != l.Addr().String() || len(w.inherited) != 0 {
			t.Errorf("listens on %v, want %v", got.Addr(), l.Addr())
		}
		if !nonblocking(t, l.(syscall.Conn)) {
			t.Error("O_NONBLOCK was cleared for everyone")
		}
		must(t, got.Close())
		newClient(t, l.Addr().String()) // the supervisor's socket still listens
	}
}

// A parent in another language may have left the socket blocking.
func TestInheritedSocketNeverBlocks(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	fd := duplicate(t, l.(syscall.Conn))
	must(t, syscall.SetNonblock(fd, false))
	_, err := examine(fd, "web")
	must(t, err)
	if !nonblocking(t, l.(syscall.Conn)) {
		t.Error("the socket blocks")
	}
	syscall.Close(fd)
}

func TestInheritedPacketConn(t *testing.T) {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	must(t, err)
	defer c.Close()
	w := worker(t, Options{})
	w.inherited = []inherited{inheritFD(t, "dns", c.(syscall.Conn))}
	got, err := w.ListenPacket("udp4", c.LocalAddr().String())
	must(t, err)
	if got.LocalAddr().String() != c.LocalAddr().String() {
		t.Errorf("listens on %v, want %v", got.LocalAddr(), c.LocalAddr())
	}
}

func TestAddressInUseNamesWhatIsLeft(t *testing.T) {
	taken := listen(t, "tcp", "127.0.0.1:0")
	held := listen(t, "tcp", "127.0.0.1:0")
	w := worker(t, Options{})
	w.inherited = []inherited{inheritFD(t, "web", held.(syscall.Conn))}
	_, err := w.Listen("tcp", taken.Addr().String())
	want := "inherited but not asked for: web=tcp://" + held.Addr().String() + "; listen on one of these"
	if err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("got %v, want %q in it", err, want)
	}
}

func TestListenLeavesTheSocketForTheNextGeneration(t *testing.T) {
	path := shortDir(t) + "/s"
	for network, addr := range map[string]string{"tcp": "127.0.0.1:0", "unix": path} {
		w, news := supervised(t)
		l, err := w.Listen(network, addr)
		must(t, err)
		m := nextNotice(t, news)
		if m.Err != nil || !m.Notice.Store || !m.Notice.NoPoll || len(m.FDs) != 1 || m.Notice.FDName != learntName(network, addr) {
			t.Fatalf("%s: got %+v", network, m)
		}
		w.Drain()
		must(t, w.Wait())

		i, err := examine(m.FDs[0], m.Notice.FDName)
		must(t, err)
		next := worker(t, Options{})
		next.inherited = []inherited{i}
		again, err := next.Listen(network, addr)
		must(t, err)
		if again.Addr().String() != l.Addr().String() {
			t.Errorf("the next generation listens on %v, want %v", again.Addr(), l.Addr())
		}
		c, err := net.Dial(network, l.Addr().String())
		if err != nil {
			t.Errorf("%s: %v", network, err)
			continue
		}
		c.Close()
	}
}

func TestListenPacketLeavesTheSocketForTheNextGeneration(t *testing.T) {
	w, news := supervised(t)
	c, err := w.ListenPacket("udp", "127.0.0.1:0")
	must(t, err)
	m := nextNotice(t, news)
	if m.Err != nil || !m.Notice.Store || len(m.FDs) != 1 {
		t.Fatalf("got %+v", m)
	}
	i, err := examine(m.FDs[0], m.Notice.FDName)
	must(t, err)
	next := worker(t, Options{})
	next.inherited = []inherited{i}
	again, err := next.ListenPacket("udp", c.LocalAddr().String())
	must(t, err)
	if again.LocalAddr().String() != c.LocalAddr().String() {
		t.Errorf("the next generation listens on %v, want %v", again.LocalAddr(), c.LocalAddr())
	}
}

func TestReadyAndStopping(t *testing.T) {
	w, news := supervised(t)
	w.notify.store = false
	_, ended := serve(t, w, &http.Server{Handler: hello})
	if m := nextNotice(t, news); m.Err != nil || !m.Notice.Ready || m.PID != 0 && m.PID != os.Getpid() {
		t.Errorf("got %+v, want READY=1", m)
	}
	must(t, w.Ready()) // says nothing more
	must(t, w.Status("busy"))
	if m := nextNotice(t, news); m.Notice.Status != "busy" || m.Notice.Ready {
		t.Errorf("got %+v, want STATUS=busy", m)
	}
	w.Drain()
	if m := nextNotice(t, news); !m.Notice.Stopping {
		t.Errorf("got %+v, want STOPPING=1", m)
	}
	wantDrained(t, ended)
}

func TestStoreAndStored(t *testing.T) {
	w, news := supervised(t)
	out, in := noticePipe(t)
	must(t, w.Store("state", in))
	in.Close()
	m := nextNotice(t, news)
	if m.Err != nil || m.Notice.FDName != "state" || len(m.FDs) != 1 {
		t.Fatalf("got %+v", m)
	}
	i, err := examine(m.FDs[0], "state")
	must(t, err)
	next, _ := supervised(t, i)
	f := next.Stored("state")
	if f == nil || next.Stored("state") != nil || next.Stored("other") != nil {
		t.Fatal("Stored does not give it once")
	}
	_, err = io.WriteString(f, "hello")
	must(t, err)
	must(t, f.Close())
	wantEnd(t, out, "hello")
}

func TestNobodyToNotify(t *testing.T) {
	w := worker(t, Options{})
	must(t, w.Ready())
	must(t, w.Status("busy"))
	if err := w.Store("x", os.Stdin); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Store = %v, want ErrUnsupported", err)
	}
	gone := worker(t, Options{})
	gone.notify = notifier{socket: shortDir(t) + "/gone", store: true}
	if gone.Ready() == nil || gone.Status("busy") == nil {
		t.Error("no error though the supervisor has gone")
	}
	addr, _ := serve(t, gone, &http.Server{Handler: hello})
	c := newClient(t, addr)
	c.get("/")
	c.answer(false)
}

func TestReadySaysWhatIsNotStored(t *testing.T) {
	w := worker(t, Options{})
	w.notify = notifier{socket: shortDir(t) + "/gone", store: true}
	mustListen(t, w)
	w.notify.socket = ""
	if err := w.Ready(); err == nil {
		t.Error("Ready = nil, though the next generation will not get the socket")
	}
}

func TestBadNotifications(t *testing.T) {
	w, _ := supervised(t)
	if w.Status("two\nlines") == nil {
		t.Error("Status took two lines, of which the second may be any message")
	}
	if w.Store("a:b", os.Stdin) == nil {
		t.Error("Store took a colon")
	}
}

func TestDrainLeavesNoDescriptors(t *testing.T) {
	once := func() {
		w := worker(t, Options{})
		addr, ended := serve(t, w, &http.Server{Handler: hello})
		var clients []*client
		for range 20 {
			c := newClient(t, addr)
			c.get("/")
			c.answer(false)
			clients = append(clients, c)
		}
		_, err := w.ListenPacket("udp", "127.0.0.1:0")
		must(t, err)
		w.Drain()
		wantDrained(t, ended)
		for _, c := range clients {
			c.Close()
		}
	}
	once()
	before := openDescriptors(t)
	once()
	once()
	if after := openDescriptors(t); after > before { // fewer: those of other tests are collected
		t.Errorf("%d file descriptors were open, %d are", before, after)
	}
}

func openDescriptors(t *testing.T) (n int) {
	t.Helper()
	var stat syscall.Stat_t
	for fd := range 1000 {
		if syscall.Fstat(fd, &stat) == nil {
			n++
		}
	}
	return n
}
