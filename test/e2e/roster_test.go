//go:build unix

package e2e

import (
	"bufio"
	"net"
	"strings"
	"sync"
	"testing"
)

// A notice is what a process of the service told, or that it joined or is gone.
type notice struct {
	what string // joined, ready, busy, gone
	id   string
}

// listenRoster hears of every process of the service; nothing is left of it at
// the end of the test.
func listenRoster(t *testing.T) (addr string, notices <-chan notice) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &rosterServer{notices: make(chan notice), end: make(chan struct{})}
	r.wg.Go(func() { r.accept(l) })
	t.Cleanup(func() {
		close(r.end)
		l.Close()
		r.wg.Wait()
	})
	return l.Addr().String(), r.notices
}

type rosterServer struct {
	notices chan notice
	end     chan struct{}
	wg      sync.WaitGroup
}

func (r *rosterServer) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		r.wg.Go(func() { r.read(conn) })
		r.wg.Go(func() { <-r.end; conn.Close() })
	}
}

func (r *rosterServer) read(conn net.Conn) {
	n := notice{what: "joined"}
	r.tell(n)
	for lines := bufio.NewScanner(conn); lines.Scan(); r.tell(n) {
		n.what, n.id, _ = strings.Cut(lines.Text(), " ")
	}
	n.what = "gone"
	r.tell(n)
}

func (r *rosterServer) tell(n notice) {
	select {
	case r.notices <- n:
	case <-r.end:
	}
}
