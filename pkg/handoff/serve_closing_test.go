package handoff

import (
	"io"
	"net"
	"net/http"
	"os"
	"testing"
	"time"
)

// Each way to begin an answer must decide about the connection.
func TestEveryWayToAnswerSaysClose(t *testing.T) {
	for what, answer := range map[string]func(http.ResponseWriter){
		"nothing":     func(http.ResponseWriter) {},
		"WriteHeader": func(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) },
		"Write":       func(w http.ResponseWriter) { w.Write([]byte("x")) },
		"WriteString": func(w http.ResponseWriter) { io.WriteString(w, "x") },
		"Flush":       func(w http.ResponseWriter) { w.(http.Flusher).Flush() },
		"FlushError":  func(w http.ResponseWriter) { http.NewResponseController(w).Flush() },
		"ReadFrom":    func(w http.ResponseWriter) { io.Copy(w, io.LimitReader(os.Stdin, 0)) },
		"early hints": func(w http.ResponseWriter) { w.WriteHeader(http.StatusEarlyHints); w.WriteHeader(http.StatusOK) },
		"own header":  func(w http.ResponseWriter) { w.Header().Set("Connection", "keep-alive"); w.Write(nil) },
	} {
		t.Run(what, func(t *testing.T) {
			w := worker(t, Options{Linger: never})
			addr, ended := serve(t, w, &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/answer" {
					answer(rw)
				}
			})})
			c := newClient(t, addr)
			c.get("/")
			c.answer(false)
			w.Drain()
			wantStopped(t, w)
			c.get("/answer")
			if what == "early hints" {
				hints, err := http.ReadResponse(c.r, nil)
				must(t, err)
				if hints.StatusCode != http.StatusEarlyHints {
					t.Errorf("got %s", hints.Status)
				}
			}
			c.answer(true)
			c.wantEnd()
			wantDrained(t, ended)
		})
	}
}

func TestSwitchedProtocolIsLeftAlone(t *testing.T) {
	w := worker(t, Options{Linger: never})
	addr, ended := serve(t, w, &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			return
		}
		rw.Header().Set("Connection", "Upgrade")
		rw.Header().Set("Upgrade", "x")
		rw.WriteHeader(http.StatusSwitchingProtocols)
		nc, _, err := rw.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		nc.Close()
	})})
	c := newClient(t, addr)
	c.get("/")
	c.answer(false)
	w.Drain()
	wantStopped(t, w)
	c.get("/switch")
	a, err := http.ReadResponse(c.r, nil)
	must(t, err)
	if got := a.Header.Get("Connection"); got != "Upgrade" {
		t.Errorf("Connection: %s, want Upgrade", got)
	}
	wantDrained(t, ended)
}

func TestResponseController(t *testing.T) {
	w := worker(t, Options{})
	addr, _ := serve(t, w, &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		c := http.NewResponseController(rw)
		for what, err := range map[string]error{
			"SetReadDeadline":  c.SetReadDeadline(time.Now().Add(never)),
			"SetWriteDeadline": c.SetWriteDeadline(time.Now().Add(never)),
			"EnableFullDuplex": c.EnableFullDuplex(),
		} {
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
	})})
	c := newClient(t, addr)
	c.get("/")
	c.answer(false)
}

// net/http sends a file by sendfile(2) if it can hand the file to the TCP connection's ReadFrom. So
// what reaches that must be the file (limited to its length), not a copy loop around it.
func TestFileReachesTheTCPConnection(t *testing.T) {
	const size = 1 << 20
	name := t.TempDir() + "/file"
	must(t, os.WriteFile(name, make([]byte, size), 0o600))
	w := worker(t, Options{})
	sources := make(chan io.Reader, 10)
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	go w.Serve(&spyListener{tcp, sources}, &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		http.ServeFile(rw, r, name)
	})})
	c := newClient(t, tcp.Addr().String())
	c.get("/")
	if got := len(c.answer(false)); got != size {
		t.Errorf("got %d bytes, want %d", got, size)
	}
	limited, ok := wait(t, "ReadFrom", sources).(*io.LimitedReader)
	if !ok {
		t.Fatal("ReadFrom did not get a limited file")
	}
	if _, ok := limited.R.(*os.File); !ok {
		t.Errorf("ReadFrom got a %T", limited.R)
	}
}

type spyListener struct {
	net.Listener
	sources chan io.Reader
}

func (l *spyListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &spyConn{c.(*net.TCPConn), l.sources}, nil
}

type spyConn struct {
	*net.TCPConn
	sources chan io.Reader
}

func (c *spyConn) ReadFrom(r io.Reader) (int64, error) {
	c.sources <- r
	return c.TCPConn.ReadFrom(r)
}
