//go:build unix

package e2e

import (
	"bufio"
	"net"
	"strings"
	"sync"
	"testing"
)

// A notice is what a process of a service told, or that it joined or is gone.
type notice struct {
	what    string // joined, ready, busy, gone
	id      string
	service string // "": there is but one
}

// listenRoster hears of every process of the service; nothing is left of it at
// the end of the test.
func listenRoster(t *testing.T) (addr string, notices <-chan notice) {
	t.Helper()
	r := startRoster(t)
	return r.listen(t, ""), r.notices
}

func startRoster(t *testing.T) *rosterServer {
	r := &rosterServer{notices: make(chan notice), end: make(chan struct{})}
	t.Cleanup(func() {
		close(r.end)
		r.wg.Wait()
	})
	return r
}

type rosterServer struct {
	notices chan notice
	end     chan struct{}
	wg      sync.WaitGroup
}

// listen opens the address at which the processes of a service report.
func (r *rosterServer) listen(t *testing.T, service string) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.wg.Go(func() { r.accept(l, service) })
	r.wg.Go(func() { <-r.end; l.Close() })
	return l.Addr().String()
}

func (r *rosterServer) accept(l net.Listener, service string) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		gone := make(chan struct{})
		r.wg.Go(func() { defer close(gone); r.read(conn, service) })
		r.wg.Go(func() {
			defer conn.Close()
			select {
			case <-gone:
			case <-r.end:
			}
		})
	}
}

func (r *rosterServer) read(conn net.Conn, service string) {
	n := notice{what: "joined", service: service}
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
