package handoff

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"

	sockets "github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// askListenfd speaks as the crate listenfd does.
func askListenfd(t *testing.T, at, text string) []byte {
	t.Helper()
	c, err := dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, text)
	c.(*net.TCPConn).CloseWrite()
	got, _ := io.ReadAll(c)
	return got
}

func TestListenfd(t *testing.T) {
	p := newParent(t)
	r := mustReceive(t)
	o := p.offer
	if err := r.Listenfd(&o); err != nil {
		t.Fatal(err)
	}
	g, err := Pipe{}.Grant(o)
	if err != nil || len(StripEnv(g.Env)) != 0 || !strings.Contains(strings.Join(g.Env, " "), "SYSTEMFD_SOCKET_SERVER=127.0.0.1:") {
		t.Fatalf("granted %q, %v", g.Env, err)
	}
	r.Admit(o, func(pid int) bool { return pid == os.Getpid() })
	for text, want := range map[string]string{
		newUUID() + fmt.Sprintf("|%d", os.Getpid()): "the secret is wrong",
		o.SocketSecret + "|4":                       "none of the service's",
		"hello":                                     "SECRET|PID",
	} {
		got := make(chan []byte, 1)
		go func() { got <- askListenfd(t, o.SocketServer, text) }()
		if m := next(t, r); m.Err == nil || !strings.Contains(m.Err.Error(), want) {
			t.Errorf("%s: %+v", text, m)
		}
		if b := <-got; len(b) > 0 {
			t.Errorf("%s: a stranger got %d bytes", text, len(b))
		}
	}
	infos := askListenfd(t, o.SocketServer, fmt.Sprintf("%s|%d", o.SocketSecret, os.Getpid()))
	if len(infos) != len(o.Sockets)*sockets.InfoSize {
		t.Fatalf("got %d bytes", len(infos))
	}
	for i, n := range o.Sockets {
		h, err := sockets.Take(infos[i*sockets.InfoSize:][:sockets.InfoSize])
		if err != nil {
			t.Fatal(err)
		}
		if at, err := sockets.Bound(h, true); err != nil || at.String() != p.bound[n.Name] {
			t.Errorf("%s: got %v, %v, want %s", n.Name, at, err, p.bound[n.Name])
		}
		closeFD(h)
	}
}
