//go:build unix

package listener

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const patience = time.Minute

func TestOpenEveryNetwork(t *testing.T) {
	dir := shortDir(t)
	for _, addr := range append([]string{
		"tcp://127.0.0.1:0", "tcp4://127.0.0.1:0", "tcp6://[::1]:0", "tcp://localhost:0",
		"udp://127.0.0.1:0", "udp4://127.0.0.1:0", "udp6://[::1]:0",
		"unix://" + dir + "/stream", "unixgram://" + dir + "/gram",
	}, moreNetworks(dir)...) {
		t.Run(addr, func(t *testing.T) {
			s := mustOpen(t, addr)
			if s.Address().String() != addr {
				t.Errorf("Address() = %v", s.Address())
			}
			wantFlags(t, s.FD())
			if strings.HasSuffix(s.Bound(), ":0") || s.Bound() == "" {
				t.Errorf("Bound() = %q", s.Bound())
			}
			if s.Address().Stream() {
				wantAccept(t, s)
			} else {
				wantDatagram(t, s)
			}
			wantFlags(t, s.FD())
			closeSocket(t, s)
			if s.FD() != -1 {
				t.Errorf("FD() = %d after Close", s.FD())
			}
			closeSocket(t, s) // harmless
			if s.file != nil {
				wantGone(t, s.Address().Addr)
			}
		})
	}
}

func TestOpenTakesAddressesMadeByHand(t *testing.T) {
	for _, a := range []Address{
		{}, {Network: "tcp"}, {Network: "ip", Addr: ":80"}, {Network: "tcp", Addr: "127.0.0.1"},
		{Network: "tcp", Addr: "127.0.0.1:0", Name: "a:b"}, {Network: "unix", Addr: "x"},
		{Network: "unix", Addr: "/x", Mode: 0o1777}, {Network: "tcp", Addr: "127.0.0.1:0", Mode: 0o660, Name: "a b"},
	} {
		s, err := Open(t.Context(), a)
		if err == nil || s != nil || !strings.HasPrefix(err.Error(), "cannot listen on ") {
			t.Errorf("Open(%+v) = %v, %v", a, s, err)
		}
	}
	s, err := Open(t.Context(), Address{Name: "web", Network: "tcp", Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.Address().Name != "web" {
		t.Errorf("Address() = %+v", s.Address())
	}
}

func TestOpenReportsWhatTheSystemSays(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		ctx  context.Context
		addr string
		want string
		is   error
	}{
		{t.Context(), "tcp://192.0.2.1:0", "no interface of this machine has that address", syscall.EADDRNOTAVAIL},
		{cancelled, "tcp://localhost:0", "cannot listen on tcp://localhost:0: context canceled", context.Canceled},
	} {
		_, err := Open(c.ctx, mustParse(t, c.addr))
		if err == nil || !strings.Contains(err.Error(), c.want) || !errors.Is(err, c.is) {
			t.Errorf("Open(%s): %v; want %q", c.addr, err, c.want)
		}
	}
}

func TestExplainGivesHints(t *testing.T) {
	for _, c := range []struct {
		addr  string
		errno syscall.Errno
		want  string
	}{
		{"tcp://:80", unix.EACCES, "permission denied (low ports need root"},
		{"tcp://:8080", unix.EACCES, "permission denied"},
		{"tcp://:8080", unix.EMFILE, "ulimit -n"},
		{"unixpacket:///x", unix.EPROTONOSUPPORT, "this system has no unixpacket sockets"},
	} {
		err := explain(mustParse(t, c.addr), &net.OpError{Op: "listen", Err: os.NewSyscallError("bind", c.errno)})
		if !strings.HasPrefix(err.Error(), "cannot listen on "+c.addr+": ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: want %q", err, c.want)
		}
		if c.addr == "tcp://:8080" && strings.Contains(err.Error(), "low ports") {
			t.Errorf("%v: 8080 is not a low port", err)
		}
		if c.errno == unix.EPROTONOSUPPORT && !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%v is not ErrUnsupported", err)
		}
	}
}

// A connection made before anybody serves waits in the kernel's queue, also
// past the end of the Socket if somebody else has the descriptor.
func TestQueueOutlivesTheSocket(t *testing.T) {
	s := mustOpen(t, "tcp://127.0.0.1:0")
	client, err := net.Dial("tcp", s.Bound())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	l := serverOf(t, s)
	closeSocket(t, s)
	wantHello(t, l, client)
}

func wantAccept(t *testing.T, s *Socket) {
	t.Helper()
	client, err := net.Dial(s.Address().Network, s.Bound())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	wantHello(t, serverOf(t, s), client)
}

func wantHello(t *testing.T, l net.Listener, client net.Conn) {
	t.Helper()
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	server.Close()
	client.SetReadDeadline(time.Now().Add(patience))
	if got, err := io.ReadAll(client); string(got) != "hello" {
		t.Fatalf("read %q, %v", got, err)
	}
}

func wantDatagram(t *testing.T, s *Socket) {
	t.Helper()
	client, err := net.Dial(s.Address().Network, s.Bound())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := client.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	f := dup(t, s)
	defer f.Close()
	c, err := net.FilePacketConn(f)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetReadDeadline(time.Now().Add(patience))
	var buf [16]byte
	if n, _, err := c.ReadFrom(buf[:]); string(buf[:n]) != "hello" {
		t.Fatalf("read %q, %v", buf[:n], err)
	}
}

// serverOf is what a process that inherited the descriptor makes of it.
func serverOf(t *testing.T, s *Socket) net.Listener {
	t.Helper()
	f := dup(t, s)
	defer f.Close()
	l, err := net.FileListener(f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	l.(interface{ SetDeadline(time.Time) error }).SetDeadline(time.Now().Add(patience))
	return l
}

func dup(t *testing.T, s *Socket) *os.File {
	t.Helper()
	fd, err := unix.FcntlInt(uintptr(s.FD()), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(fd), "socket")
}

func wantFlags(t *testing.T, fd int) {
	t.Helper()
	if fl, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0); err != nil || fl&unix.O_NONBLOCK == 0 {
		t.Errorf("F_GETFL = %#x, %v: no O_NONBLOCK", fl, err)
	}
	if fl, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil || fl&unix.FD_CLOEXEC == 0 {
		t.Errorf("F_GETFD = %#x, %v: no FD_CLOEXEC", fl, err)
	}
}

func mustParse(t *testing.T, addr string) Address {
	t.Helper()
	a, err := Parse(addr)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func mustOpen(t *testing.T, addr string) *Socket {
	t.Helper()
	s, err := Open(t.Context(), mustParse(t, addr))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func closeSocket(t *testing.T, s *Socket) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func wantGone(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", path, err)
	}
}

// shortDir stays below the 103 bytes of a socket path, as t.TempDir may not.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	dir, err = filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
