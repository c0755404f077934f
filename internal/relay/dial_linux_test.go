package relay

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// A process whose queue is full is waited for, as long as dialTime, and the one who
// gives up sooner does not wait so long.
func TestDialWhereTheQueueIsFull(t *testing.T) {
	l := narrow(t)
	var waiting []net.Conn
	for len(waiting) < 100 {
		c, err := swift.DialContext(t.Context(), "tcp", l.Addr().String())
		if errors.Is(err, errQueueFull) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		waiting = append(waiting, c)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := dial(gone, l.Addr().String()); !errors.Is(err, context.Canceled) && !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("who gave up: %v", err)
	}
	if _, err := dial(t.Context(), l.Addr().String()); err == nil || !err.(net.Error).Timeout() {
		t.Errorf("with a full queue: %v", err)
	}
	for range waiting {
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	c, err := dial(t.Context(), l.Addr().String())
	if err != nil {
		t.Fatal("with room in the queue: ", err)
	}
	c.Close()
}

// narrow listens with the shortest of queues.
func narrow(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	raw, err := l.(*net.TCPListener).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	// It may be called again, to change the length.
	raw.Control(func(fd uintptr) { err = unix.Listen(int(fd), 0) })
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Who is not there has refused by the time that dial returns; an address that is none
// is an error, not a panic.
func TestDialNobody(t *testing.T) {
	l := narrow(t)
	addr := l.Addr().String()
	l.Close()
	if _, err := dial(t.Context(), addr); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("nobody: %v", err)
	}
	if _, err := dial(t.Context(), "127.0.0.1:nothing"); err == nil {
		t.Error("no address, and no error")
	}
}
