package handoff

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func clearHTTP2(h http.Handler) *http.Server {
	s := &http.Server{Handler: h, Protocols: new(http.Protocols)}
	s.Protocols.SetHTTP1(true)
	s.Protocols.SetUnencryptedHTTP2(true)
	return s
}

// preface is what an HTTP/2 client says first, with empty SETTINGS.
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\x00\x00\x00\x04\x00\x00\x00\x00\x00"

// wantGoAway reads HTTP/2 frames until GOAWAY without an error code.
func (c *client) wantGoAway() {
	c.t.Helper()
	for {
		head := make([]byte, 9)
		_, err := io.ReadFull(c.r, head)
		must(c.t, err)
		payload := make([]byte, int(head[0])<<16|int(head[1])<<8|int(head[2]))
		_, err = io.ReadFull(c.r, payload)
		must(c.t, err)
		const goAway = 7
		if head[3] != goAway {
			continue
		}
		if code := payload[4:8]; !bytes.Equal(code, make([]byte, 4)) {
			c.t.Errorf("GOAWAY has error code %x", code)
		}
		return
	}
}

func TestIdleHTTP2GetsGoAway(t *testing.T) {
	w := worker(t, Options{Linger: never})
	states := make(chan http.ConnState, 10)
	s := clearHTTP2(hello)
	s.ConnState = func(_ net.Conn, s http.ConnState) { states <- s }
	addr, ended := serve(t, w, s)
	c := newClient(t, addr)
	c.send(preface)
	for wait(t, "HTTP/2", states) != http.StateIdle {
	}
	w.Drain()
	c.wantGoAway()
	c.Close()
	wantDrained(t, ended)
}

// A connection that becomes HTTP/2 when the others have had their GOAWAY.
func TestLateHTTP2GetsGoAway(t *testing.T) {
	w := worker(t, Options{Linger: never})
	states := make(chan http.ConnState, 10)
	s := clearHTTP2(hello)
	s.ConnState = func(_ net.Conn, s http.ConnState) { states <- s }
	addr, ended := serve(t, w, s)
	c := newClient(t, addr)
	wait(t, "Accept", states)
	w.Drain()
	wantStopped(t, w)
	c.send(preface)
	c.wantGoAway()
	c.Close()
	wantDrained(t, ended)
}

func TestHTTP2StreamInFlightIsAnswered(t *testing.T) {
	g := newGate()
	w := worker(t, Options{Linger: time.Millisecond})
	addr, ended := serve(t, w, clearHTTP2(g))
	tr := &http.Transport{Protocols: new(http.Protocols)}
	tr.Protocols.SetUnencryptedHTTP2(true)
	defer tr.CloseIdleConnections()
	got := ask(t, &http.Client{Transport: tr}, "http://"+addr)
	wait(t, "the handler", g.entered)
	w.Drain()
	wantStopped(t, w)
	close(g.open)
	if a := wait(t, "the answer", got); a != "HTTP/2.0 through" {
		t.Errorf("got %q", a)
	}
	wantDrained(t, ended)
}

// ask sends the protocol and the body of the answer, or the error.
func ask(t *testing.T, c *http.Client, url string) chan string {
	got := make(chan string, 1)
	go func() {
		a, err := c.Get(url)
		if err != nil {
			got <- err.Error()
			return
		}
		defer a.Body.Close()
		body, err := io.ReadAll(a.Body)
		if err != nil {
			got <- err.Error()
			return
		}
		got <- a.Proto + " " + string(body)
	}()
	return got
}

func TestTLS(t *testing.T) {
	for _, proto := range []string{"http/1.1", "h2"} {
		t.Run(proto, func(t *testing.T) {
			w := worker(t, Options{})
			certified := httptest.NewUnstartedServer(nil)
			certified.StartTLS()
			defer certified.Close()
			l := mustListen(t, w)
			ended := make(chan error, 1)
			go func() {
				ended <- w.ServeTLS(l, &http.Server{
					Handler:   hello,
					TLSConfig: &tls.Config{Certificates: certified.TLS.Certificates},
				}, "", "")
			}()
			tr := certified.Client().Transport.(*http.Transport).Clone()
			defer tr.CloseIdleConnections()
			tr.Protocols = new(http.Protocols)
			tr.Protocols.SetHTTP1(proto == "http/1.1")
			tr.Protocols.SetHTTP2(proto == "h2")
			want := map[string]string{"http/1.1": "HTTP/1.1 hello", "h2": "HTTP/2.0 hello"}[proto]
			if a := wait(t, "the answer", ask(t, &http.Client{Transport: tr}, "https://"+l.Addr().String())); a != want {
				t.Errorf("got %q, want %q", a, want)
			}
			w.Drain()
			wantDrained(t, ended)
		})
	}
}

// TLS that the user has put around our listener is as good.
func TestTLSListener(t *testing.T) {
	w := worker(t, Options{Linger: never})
	certified := httptest.NewUnstartedServer(nil)
	certified.StartTLS()
	defer certified.Close()
	l := mustListen(t, w)
	ended := make(chan error, 1)
	go func() {
		ended <- w.Serve(tls.NewListener(l, &tls.Config{Certificates: certified.TLS.Certificates}), &http.Server{Handler: hello})
	}()
	plain := newClient(t, l.Addr().String())
	config := certified.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	config.ServerName = "example.com"
	c := &client{Conn: tls.Client(plain, config), t: t}
	c.r = bufio.NewReader(c)
	c.get("/")
	c.answer(false)
	w.Drain()
	wantStopped(t, w)
	c.get("/")
	c.answer(true)
	wantDrained(t, ended)
}

func TestNoHTTP2WhereNoneIsWanted(t *testing.T) {
	s := &http.Server{Protocols: new(http.Protocols)}
	s.Protocols.SetHTTP1(true)
	if h2, err := splitHTTP2(s, true); h2 != nil || err != nil || s.TLSNextProto != nil {
		t.Errorf("got %v, %v, %v", h2, err, s.TLSNextProto)
	}
	own := map[string]func(*http.Server, *tls.Conn, http.Handler){}
	s = &http.Server{TLSNextProto: own}
	if h2, err := splitHTTP2(s, true); h2 != nil || err != nil || len(s.TLSNextProto) != 0 {
		t.Errorf("got %v, %v, %v", h2, err, s.TLSNextProto)
	}
}

func TestBadTLSConfigIsReported(t *testing.T) {
	w := worker(t, Options{})
	err := w.ServeTLS(mustListen(t, w), &http.Server{TLSConfig: &tls.Config{
		MinVersion:   tls.VersionTLS12,
		CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA},
	}}, "", "")
	if err == nil || !strings.Contains(err.Error(), "HTTP/2-required") {
		t.Error("ServeTLS took cipher suites that HTTP/2 forbids: ", err)
	}
}
