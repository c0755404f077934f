package load

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/test/freeport"
)

func TestALossOfAnyService(t *testing.T) {
	halfALine := func(conn net.Conn) {
		bufio.NewReader(conn).ReadString('\n')
		fmt.Fprint(conn, "half")
	}
	stale := func(conn net.Conn) {
		bufio.NewReader(conn).ReadString('\n')
		fmt.Fprint(conn, "you said load 9-9\n")
	}
	for _, test := range []struct {
		load  Load
		serve func(net.Conn)
		want  Kind
	}{
		{Connect, resets, Reset},
		{Greeted, func(net.Conn) {}, EOF},
		{Greeted, keepsSilent, Timeout},
		{Line, closes, EOF},
		{Line, halfALine, EOF},
		{Line, resets, Reset},
		{Line, stale, Wrong},
		{LineHold, closes, EOF},
		{LineHold, stale, Wrong},
		{LineHold, keepsSilent, Timeout},
	} {
		t.Run(string(test.load)+" "+string(test.want), func(t *testing.T) {
			c := Config{Load: test.load, Address: tcpServer(t, test.serve), Max: 2}
			if test.want == Timeout {
				c.Timeout = 30 * time.Millisecond
			}
			wantOnly(t, run(t, c), test.want, 2)
		})
	}
}

// A server that takes connections and never reads has lost none.
func TestAMuteServerLosesNoConnection(t *testing.T) {
	done := make(chan struct{})
	addr := tcpServer(t, func(net.Conn) { <-done })
	t.Cleanup(func() { close(done) }) // before the server is waited for
	if r := run(t, Config{Load: Connect, Address: addr, Max: 2}); r.Requests != 2 || r.Failed() != 0 {
		t.Errorf("want 2 requests without failure: %v", r)
	}
}

// LineHold forgives the end of a connection on which nothing is asked.
func TestAHeldLineMayEnd(t *testing.T) {
	closed := make(chan struct{}, 1)
	addr := tcpServer(t, func(conn net.Conn) {
		echoLines(conn, 1)
		conn.Close()
		closed <- struct{}{}
	})
	c := newLineHoldClient(Config{Network: "tcp", Address: addr, Timeout: 10 * time.Second})
	defer c.close()
	for i := range 3 {
		if _, err := c.ask("1-1"); err != nil {
			t.Fatalf("connection %d: %v", i, err)
		}
		<-closed
		if _, err := c.ask("1-2"); err != errEnded {
			t.Fatalf("connection %d: want errEnded, got %v", i, err)
		}
	}
}

// So does KeepaliveWatch, and Keepalive does not.
func TestAWatchedConnectionMayEnd(t *testing.T) {
	closed := make(chan struct{}, 1)
	addr := tcpServer(t, func(conn net.Conn) {
		answerN(conn, 1, "")
		conn.Close()
		closed <- struct{}{}
	})
	for load, want := range map[Load]error{KeepaliveWatch: errEnded, Keepalive: nil} {
		c := loads[load].client(Config{Network: "tcp", Address: addr, Path: "/", Bad: 400, Timeout: 10 * time.Second})
		if _, err := c.ask("1-1"); err != nil {
			t.Fatalf("%s: %v", load, err)
		}
		<-closed
		if _, err := c.ask("1-2"); err == nil || want != nil && err != want || want == nil && err == errEnded {
			t.Errorf("%s: got %v", load, err)
		}
		c.close()
	}
}

func TestBad(t *testing.T) {
	l := listen(t)
	httpServer(t, l, http.NotFoundHandler())
	for bad, want := range map[int]int64{0: 3, 405: 0, 500: 0} {
		r := run(t, Config{Load: HTTP, Address: l.Addr().String(), Bad: bad, Max: 3})
		if r.Failed() != want {
			t.Errorf("Bad %d: want %d failures: %v", bad, want, r)
		}
	}
}

func TestEach(t *testing.T) {
	var all []Request
	begun := time.Now()
	c := Config{Load: HTTP, Address: freeport.TCP(t), Max: 3, Each: func(r Request) { all = append(all, r) }}
	run(t, c)
	if len(all) != 3 {
		t.Fatalf("told of %d requests, want 3", len(all))
	}
	for _, r := range all {
		if r.Kind != Refused || r.Err == nil || r.Start.Before(begun) || r.Took < 0 {
			t.Errorf("told of %+v", r)
		}
	}
}

func TestOnlyThisMachine(t *testing.T) {
	for addr, ok := range map[string]bool{"127.0.0.1:1": true, "[::1]:1": true, "localhost:1": true, "192.0.2.1:1": false, "example.com:1": false} {
		if err := onlyLocal("tcp", addr); (err == nil) != ok {
			t.Errorf("%s: %v", addr, err)
		}
	}
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		ip, _, err := net.ParseCIDR(a.String())
		if err != nil || ip.IsLinkLocalUnicast() {
			continue
		}
		if err := onlyLocal("tcp", net.JoinHostPort(ip.String(), "1")); err != nil {
			t.Error(err)
		}
	}
}
