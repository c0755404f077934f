package load

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/test/freeport"
)

func wantOnly(t *testing.T, r Report, kind Kind, n int64) {
	t.Helper()
	if r.Failures[kind] != n || r.Failed() != n {
		t.Errorf("want %d of kind %s and no other: %v", n, kind, r)
	}
	if !strings.Contains(r.String(), string(kind)+": ") || !strings.Contains(r.First[kind], "after the start: ") {
		t.Errorf("the report does not show the first failure of kind %s: %v", kind, r)
	}
}

func TestNobodyListens(t *testing.T) {
	for _, kind := range []Load{HTTP, Keepalive, H2C, Slow, Websocket, TCP, TCPHold} {
		t.Run(string(kind), func(t *testing.T) {
			r := run(t, Config{Load: kind, Address: freeport.TCP(t), Max: 3})
			wantOnly(t, r, Refused, 3)
			if r.Requests != 3 || len(r.Versions) != 0 {
				t.Errorf("want 3 requests and no answer: %v", r)
			}
		})
	}
	t.Run("unix", func(t *testing.T) {
		r := run(t, Config{Load: Unix, Address: filepath.Join(t.TempDir(), "none"), Max: 3})
		wantOnly(t, r, Refused, 3)
	})
}

// The ways in which a server can lose one request, each after it has read it.
var (
	closes = func(conn net.Conn) {
		io.ReadAtLeast(conn, make([]byte, 4096), 1)
	}
	resets = func(conn net.Conn) {
		io.ReadAtLeast(conn, make([]byte, 4096), 1)
		conn.(*net.TCPConn).SetLinger(0)
	}
	keepsSilent = func(conn net.Conn) { io.Copy(io.Discard, conn) }
)

func answers(text string) func(net.Conn) {
	return func(conn net.Conn) {
		if readRequest(conn, bufio.NewReader(conn)) == nil {
			io.WriteString(conn, text)
		}
	}
}

func TestALostRequestIsCountedByKind(t *testing.T) {
	for _, test := range []struct {
		name  string
		load  Load
		serve func(net.Conn)
		want  Kind
	}{
		{"closed", HTTP, closes, EOF},
		{"closed", Keepalive, closes, EOF},
		{"closed", TCP, closes, EOF},
		{"closed", TCPHold, closes, EOF},
		{"closed", Websocket, closes, EOF},
		{"reset", HTTP, resets, Reset},
		{"reset", Keepalive, resets, Reset},
		{"reset", TCP, resets, Reset},
		{"reset", TCPHold, resets, Reset},
		{"reset", Websocket, resets, Reset},
		{"silent", HTTP, keepsSilent, Timeout},
		{"silent", Keepalive, keepsSilent, Timeout},
		{"silent", H2C, keepsSilent, Timeout},
		{"silent", TCP, keepsSilent, Timeout},
		{"silent", TCPHold, keepsSilent, Timeout},
		{"silent", Websocket, keepsSilent, Timeout},
		{"no body", HTTP, answers("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"), EOF},
		{"no body", Keepalive, answers("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"), EOF},
		{"no last chunk", HTTP, answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n"), EOF},
		{"no end of header", HTTP, answers("HTTP/1.1 200 OK\r\n"), EOF},
		{"half a line", HTTP, answers("HTTP/1.1 200 OK\r\nContent-Le"), Other},
		{"503", HTTP, answers("HTTP/1.1 503 Sorry\r\nContent-Length: 0\r\n\r\n"), Status5xx},
		{"404", HTTP, answers("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), Wrong},
		{"of another", HTTP, answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Load: 9-9\r\n\r\n"), Wrong},
		{"not HTTP", HTTP, answers("220 hello\r\n\r\n"), Other},
		{"of another", TCP, func(conn net.Conn) { io.WriteString(conn, "v1 9-9\n"); keepsSilent(conn) }, Wrong},
		{"of another", TCPHold, func(conn net.Conn) { io.WriteString(conn, "v1 9-9\n"); keepsSilent(conn) }, Wrong},
		{"after five", TCP, func(conn net.Conn) { echoLines(conn, 5); closes(conn) }, EOF},
	} {
		t.Run(string(test.load)+" "+test.name, func(t *testing.T) {
			c := Config{Load: test.load, Address: tcpServer(t, test.serve), Max: 2}
			if test.want == Timeout {
				c.Timeout = 30 * time.Millisecond
			}
			wantOnly(t, run(t, c), test.want, 2)
		})
	}
}

// How depends on which of the client's frames met the closed connection, and
// the transport does not always say.
func TestH2CCountsALostRequest(t *testing.T) {
	r := run(t, Config{Load: H2C, Address: tcpServer(t, closes), Max: 4})
	if r.Failed() != 4 || r.Failures[EOF]+r.Failures[Reset]+r.Failures[Other] != 4 {
		t.Errorf("want 4 of kind eof, reset or other: %v", r)
	}
}

func TestAnInformationalAnswerIsNotTheAnswer(t *testing.T) {
	addr := tcpServer(t, answers("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"))
	wantOnly(t, run(t, Config{Load: HTTP, Address: addr, Max: 2}), Status5xx, 2)
}

// answerN answers n requests on a connection, the last with header.
func answerN(conn net.Conn, n int, header string) {
	r := bufio.NewReader(conn)
	for i := range n {
		if readRequest(conn, r) != nil {
			return
		}
		last := ""
		if i == n-1 {
			last = header
		}
		fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nX-Version: v1\r\nContent-Length: 2\r\n%s\r\nok", last)
	}
}

func TestKeepaliveTakesConnectionClose(t *testing.T) {
	addr := tcpServer(t, func(conn net.Conn) { answerN(conn, 4, "Connection: close\r\n") })
	if r := run(t, Config{Load: Keepalive, Address: addr, Max: 12}); r.Failed() != 0 {
		t.Errorf("want no failure: %v", r)
	}
}

func TestKeepaliveForgivesNoSilentClose(t *testing.T) {
	addr := tcpServer(t, func(conn net.Conn) { answerN(conn, 4, "") })
	r := run(t, Config{Load: Keepalive, Address: addr, Max: 15}) // 4 answered, 1 lost, and again
	if r.Failed() != 3 || r.Failures[EOF]+r.Failures[Reset] != 3 {
		t.Errorf("want 3 of kind eof or reset: %v", r)
	}
}

func TestH2CNeedsHTTP2(t *testing.T) {
	l := listen(t)
	srv := &http.Server{Handler: http.HandlerFunc(good)}
	done := make(chan struct{})
	go func() { srv.Serve(l); close(done) }()
	defer func() { srv.Close(); <-done }()
	if r := run(t, Config{Load: H2C, Address: l.Addr().String(), Max: 2}); r.Failed() != 2 {
		t.Errorf("want 2 failures: %v", r)
	}
}

func TestTCPHoldIsToldToGo(t *testing.T) {
	says := func(text string) func(net.Conn) {
		return func(conn net.Conn) {
			echoLines(conn, 2)
			s := bufio.NewScanner(conn)
			s.Scan()
			fmt.Fprintf(conn, "v1 %s\n%s", s.Text(), text) // in one packet
			io.Copy(io.Discard, conn)
		}
	}
	r := run(t, Config{Load: TCPHold, Address: tcpServer(t, says("bye\n")), Max: 12})
	if r.Requests != 12 || r.Failed() != 0 || r.Ended != 3 {
		t.Errorf("want 12 requests, no failure and 3 ends: %v", r)
	}
	r = run(t, Config{Load: TCPHold, Address: tcpServer(t, says("what\n")), Max: 12})
	if r.Failures[Wrong] != 3 || r.Failed() != 3 || r.Ended != 0 {
		t.Errorf("want 3 of kind wrong: %v", r)
	}
}

func TestTCPHoldIsEndedBetweenEchoes(t *testing.T) {
	closed := make(chan struct{}, 1)
	addr := tcpServer(t, func(conn net.Conn) {
		echoLines(conn, 1)
		conn.Close()
		closed <- struct{}{}
	})
	c := newTCPHoldClient(Config{Network: "tcp", Address: addr, Timeout: 10 * time.Second})
	defer c.close()
	for i := range 3 {
		if a, err := c.ask("1-1"); err != nil || a.version != "v1" {
			t.Fatalf("connection %d: got %v, %v", i, a, err)
		}
		<-closed
		if _, err := c.ask("1-2"); err != errEnded {
			t.Fatalf("connection %d: want errEnded, got %v", i, err)
		}
	}
}

func TestTCPHoldFinishesItsEchoAfterBye(t *testing.T) {
	addr := tcpServer(t, func(conn net.Conn) {
		s := bufio.NewScanner(conn)
		for s.Scan() {
			fmt.Fprintf(conn, "bye\nv1 %s\n", s.Text())
		}
	})
	r := run(t, Config{Load: TCPHold, Address: addr, Max: 4})
	if r.Failed() != 0 || r.Ended != 3 {
		t.Errorf("want no failure and 3 ends: %v", r)
	}
}

func TestUDPCountsEachLostDatagram(t *testing.T) {
	n := 0
	addr := udpServer(t, func(s string) string {
		if n++; n == 2 || n == 5 {
			return ""
		}
		return "v1 " + s
	})
	r := run(t, Config{Load: UDP, Address: addr, Max: 8, Timeout: time.Second})
	wantOnly(t, r, Timeout, 2)
}

func TestUDPTakesNoOtherAnswer(t *testing.T) {
	addr := udpServer(t, func(s string) string { return "v1 x" + s })
	wantOnly(t, run(t, Config{Load: UDP, Address: addr, Max: 3}), Wrong, 3)
}
