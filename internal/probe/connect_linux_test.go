package probe

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

func self(pid int) bool { return pid == os.Getpid() }

// connected returns both ends of a connection that was accepted.
func connected(t *testing.T, ln net.Listener, addr string) (client, server net.Conn) {
	t.Helper()
	client, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	server, err = ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return client, server
}

func searchFor(client net.Conn, mine Belongs) *search {
	return &search{server: addrPort(client.RemoteAddr()), client: addrPort(client.LocalAddr()), mine: mine}
}

// Both ways to ask the kernel must say the same, before and after the accept.
func TestDiagAndProcNetAgree(t *testing.T) {
	eachListener(t, func(t *testing.T, ln net.Listener, addr string) {
		client, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		s := searchFor(client, self)
		both := func() end {
			t.Helper()
			byDiag, err := diag(s.server, s.client)
			if err != nil {
				t.Fatal(err)
			}
			byProc, err := procNet(s.server, s.client)
			if err != nil {
				t.Fatal(err)
			}
			if byDiag != byProc {
				t.Errorf("sock_diag says %+v, proc says %+v", byDiag, byProc)
			}
			return byDiag
		}
		if e := both(); !e.queued() {
			t.Errorf("before the accept: %+v", e)
		}
		server, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		e := both()
		if e.queued() || e.inode == 0 {
			t.Errorf("after the accept: %+v", e)
		}
		if err := heldBy(e.inode, self); err != nil {
			t.Error(err)
		}
		if err := heldBy(e.inode, func(int) bool { return false }); !errors.Is(err, ErrOther) {
			t.Errorf("held by no process of the generation: %v", err)
		}
	})
}

// The listening socket must not pass for a connection that is not there.
func TestNoConnection(t *testing.T) {
	ln, _ := listen(t)
	server := addrPort(ln.Addr())
	for name, find := range map[string]func() (end, error){
		"diag": func() (end, error) {
			e, err := diag(server, server)
			if errors.Is(err, syscall.ENOENT) {
				err = nil
			}
			return e, err
		},
		"proc": func() (end, error) { return procNet(server, server) },
		"both": func() (end, error) { return serverEnd(server, server) },
	} {
		if e, err := find(); err != nil || e != (end{}) {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
}

func TestClosedByServer(t *testing.T) {
	for name, linger := range map[string]int{"in order": -1, "reset": 0} {
		t.Run(name, func(t *testing.T) {
			ln, addr := listen(t)
			client, server := connected(t, ln, addr)
			server.(*net.TCPConn).SetLinger(linger)
			server.Close()
			if err := searchFor(client, self).run(limited(t)); !errors.Is(err, ErrNotFound) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A connection may have no holder for a moment.
func TestLooksAgain(t *testing.T) {
	ln, addr := listen(t)
	client, _ := connected(t, ln, addr)
	asked := 0
	err := searchFor(client, func(pid int) bool {
		if self(pid) {
			asked++
		}
		return self(pid) && asked == 2
	}).run(limited(t))
	if err != nil {
		t.Error(err)
	}
}

func TestNobodyAccepts(t *testing.T) {
	_, addr := listen(t)
	ctx, cancel := context.WithTimeoutCause(t.Context(), 100*time.Millisecond, errTest)
	defer cancel()
	for name, err := range map[string]error{
		"tcp":  TCP(ctx, addr, self),
		"http": HTTP(ctx, "http://"+addr, self),
	} {
		if !errors.Is(err, errTest) {
			t.Errorf("%s: %v", name, err)
		}
	}
	client, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	err = searchFor(client, self).run(ctx)
	if !errors.Is(err, ErrNotAccepted) || !errors.Is(err, errTest) {
		t.Errorf("got %v", err)
	}
}

func TestEmptyHost(t *testing.T) {
	ln, addr := listen(t)
	next := start(t, ln, "silent").accept()
	_, port, _ := net.SplitHostPort(addr)
	if err := TCP(limited(t), ":"+port, next.mine); err != nil {
		t.Error(err)
	}
}

func TestRefused(t *testing.T) {
	ln, addr := listen(t)
	ln.Close()
	if err := TCP(limited(t), addr, self); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("got %v", err)
	}
}
