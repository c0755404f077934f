package load

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// listen opens a listening socket that is closed at the end of the test.
func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// accept runs serve in a goroutine for each connection; all are over at the
// end of the test.
func accept(t *testing.T, l net.Listener, serve func(net.Conn)) {
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer conn.Close()
				conn.SetDeadline(time.Now().Add(30 * time.Second))
				serve(conn)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		wg.Wait()
	})
}

// tcpServer gives the address of a server that treats each connection so.
func tcpServer(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l := listen(t)
	accept(t, l, serve)
	return l.Addr().String()
}

// httpServer speaks HTTP/1.1 and h2c.
func httpServer(t *testing.T, l net.Listener, h http.Handler) *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	srv := &http.Server{Handler: h, Protocols: protocols}
	done := make(chan struct{})
	go func() {
		defer close(done)
		srv.Serve(l)
	}()
	t.Cleanup(func() {
		srv.Close()
		<-done
	})
	return srv
}

func good(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Version", "v1")
	w.Header().Set("X-Load", r.Header.Get("X-Load"))
	fmt.Fprintln(w, "hello")
}

func goodWebsocket(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow()
	for {
		kind, msg, err := conn.Read(r.Context())
		if err != nil {
			return
		}
		if conn.Write(r.Context(), kind, append([]byte("v1 "), msg...)) != nil {
			return
		}
	}
}

func goodEcho(conn net.Conn) { echoLines(conn, 1<<30) }

// echoLines answers n lines.
func echoLines(conn net.Conn, n int) {
	s := bufio.NewScanner(conn)
	for ; n > 0 && s.Scan(); n-- {
		fmt.Fprintf(conn, "v1 %s\n", s.Text())
	}
}

// udpServer answers each datagram with what reply makes of it; nothing for "".
func udpServer(t *testing.T, reply func(string) string) string {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 2048)
		for {
			n, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			if text := reply(string(buf[:n])); text != "" {
				pc.WriteTo([]byte(text), from)
			}
		}
	}()
	t.Cleanup(func() {
		pc.Close()
		<-done
	})
	return pc.LocalAddr().String()
}

func unixListener(t *testing.T) net.Listener {
	t.Helper()
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	l, err := net.Listen("unix", filepath.Join(dir, "u"))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// readRequest reads one request and nothing behind it.
func readRequest(conn net.Conn, r *bufio.Reader) error {
	req, err := http.ReadRequest(r)
	if err == nil {
		_, err = io.Copy(io.Discard, req.Body)
	}
	return err
}
