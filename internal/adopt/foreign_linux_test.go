package adopt

import (
	"errors"
	"net"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Somebody else's socket at the same address is found before it gets a share of the
// connections, and the service is told that the address is in use.
func TestForeign(t *testing.T) {
	b, addr := newBench(t), freeAddress(t)
	first := b.start("serve", addr)
	first.await()
	first.steer()
	share := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1) })
	}}
	share.SetMultipathTCP(false)
	foreign, err := share.Listen(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer foreign.Close()
	if _, found := errors.AsType[*ForeignError](b.table.Check(first.Generation)); !found {
		t.Error("the socket is not found")
	}
	next := b.start("try", "binds what is taken", addr)
	select {
	case <-next.gone:
		if next.exit.Code != 0 {
			t.Error(next.exit)
		}
	case <-time.After(patience):
		t.Error("it hangs")
	}
	foreign.Close()
	if err := b.table.Check(first.Generation); err != nil {
		t.Errorf("it is gone, and yet: %v", err)
	}
}
