package adopt

import (
	"errors"
	"net"
	"strconv"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// stranger listens at the address, and shares it.
func stranger(t *testing.T, addr string) net.Listener {
	t.Helper()
	share := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1) })
	}}
	share.SetMultipathTCP(false)
	l, err := share.Listen(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// refusedAt wants a new version to be told that the address is in use.
func (b *bench) refusedAt(addr string) {
	b.Helper()
	c := b.start("try", "binds what is taken", addr)
	select {
	case <-c.gone:
		if c.exit.Code != 0 {
			b.Error(c.exit)
		}
	case <-time.After(patience):
		b.Error("it hangs")
	}
}

// Somebody else's socket at the same address is found before it gets a share of the
// connections, and the service is told that the address is in use. By eBPF it gets no
// share, and hinders nothing.
func TestForeign(t *testing.T) {
	ways(t, func(t *testing.T, steer func() steering) {
		b, addr := benchBy(t, steer), freeAddress(t)
		first := b.start("serve", addr)
		first.await()
		first.steer()
		foreign := stranger(t, addr)
		_, found := errors.AsType[*ForeignError](b.table.Check(first.Generation))
		if _, counts := b.table.groups[0].by.(classic); found != counts {
			t.Fatalf("the socket is found: %v, want %v", found, counts)
		}
		if found {
			b.refusedAt(addr)
		} else {
			first = b.handedOffBeside(foreign, first, addr)
		}
		foreign.Close()
		if err := b.table.Check(first.Generation); err != nil {
			t.Errorf("it is gone, and yet: %v", err)
		}
	})
}

// handedOffBeside hands off where somebody else listens, too, and returns who serves.
func (b *bench) handedOffBeside(foreign net.Listener, old *started, addr string) *started {
	b.Helper()
	got := make(chan struct{})
	go func() {
		defer close(got)
		for {
			c, err := foreign.Accept()
			if err != nil {
				return
			}
			b.Error("the other one got a connection")
			c.Close()
		}
	}()
	for range 2 {
		next := b.start("serve", addr)
		next.await()
		next.steer()
		old.quiesce()
		old.end()
		for range 20 {
			if got := version(b.T, addr); got != strconv.Itoa(next.PID()) {
				b.Fatalf("%s answers, not %d", got, next.PID())
			}
		}
		old = next
	}
	b.wantMembers(1)
	foreign.Close()
	<-got
	return old
}

// Who was there first does not lose its connections to a service.
func TestForeignWasFirst(t *testing.T) {
	ways(t, func(t *testing.T, steer func() steering) {
		b, addr := benchBy(t, steer), freeAddress(t)
		stranger(t, addr)
		b.refusedAt(addr)
	})
}

// A socket at another address that takes connections of this one hinders a handoff.
func TestForeignBeside(t *testing.T) {
	ways(t, func(t *testing.T, steer func() steering) {
		b, addr := benchBy(t, steer), freeAddress(t)
		_, port, err := net.SplitHostPort(addr)
		if err != nil {
			t.Fatal(err)
		}
		first := b.start("serve", "0.0.0.0:"+port)
		first.await()
		first.steer()
		stranger(t, addr)
		if _, found := errors.AsType[*ForeignError](b.table.Check(first.Generation)); !found {
			t.Error("the socket is not found")
		}
	})
}
