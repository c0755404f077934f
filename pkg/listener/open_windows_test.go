package listener

import (
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
)

func opened(t *testing.T, address string) *Socket {
	t.Helper()
	a, err := Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestOpen(t *testing.T) {
	for _, address := range []string{"tcp://127.0.0.1:0", "tcp4://:0", "tcp://[::1]:0", "tcp6://[::]:0", "tcp://:0"} {
		s := opened(t, address)
		l, err := s.Listener()
		if err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		_, port, _ := net.SplitHostPort(s.Bound())
		host := "127.0.0.1"
		if strings.Contains(address, "::") && !strings.HasPrefix(address, "tcp://:") {
			host = "::1"
		}
		c, err := net.Dial("tcp", net.JoinHostPort(host, port))
		if err != nil {
			t.Fatalf("%s at %s: %v", address, s.Bound(), err)
		}
		in, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		in.Close()
		c.Close()
		l.Close()
	}
}

func TestInUse(t *testing.T) {
	s := opened(t, "tcp://127.0.0.1:0")
	_, err := Open(t.Context(), Address{Network: "tcp", Addr: s.Bound()})
	var in *InUseError
	if !errors.As(err, &in) || !errors.Is(err, syscall.EADDRINUSE) {
		t.Fatalf("got %v", err)
	}
	if in.Holder == nil || in.Holder.PID != os.Getpid() {
		t.Errorf("held by %+v", in.Holder)
	}
}

func TestUDP(t *testing.T) {
	if s := opened(t, "udp://127.0.0.1:0"); strings.HasSuffix(s.Bound(), ":0") {
		t.Errorf("bound to %s", s.Bound())
	}
}

func TestUnixIsUnsupported(t *testing.T) {
	_, err := Open(t.Context(), Address{Network: "unix", Addr: "/tmp/s"})
	var e *UnsupportedError
	if !errors.As(err, &e) || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("got %v", err)
	}
}

// The queue is the socket's, not the process's or the handle's.
func TestDuplicate(t *testing.T) {
	s := opened(t, "tcp://127.0.0.1:0")
	info, err := Duplicate(s.FD(), os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	at := s.Bound()
	h, err := Take(info)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if bound, err := Bound(h, true); err != nil || bound.String() != at {
		t.Errorf("bound to %v, %v; want %s", bound, err, at)
	}
	c, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if _, err := Take(info[1:]); err == nil {
		t.Error("took half a socket")
	}
}
