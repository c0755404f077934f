package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

func TestPages(t *testing.T) {
	s := httptest.NewServer(routes())
	defer s.Close()
	for path, want := range map[string]string{
		"/":              "version " + version,
		"/version":       version,
		"/slow?d=1ms":    "answers after 1ms",
		"/slow?d=a+year": `cannot wait for "a year"`,
	} {
		answer, err := http.Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || !strings.Contains(string(body), want) {
			t.Errorf("%s: got %q, %v; want %q in it", path, body, err, want)
		}
	}
}

func TestWebsocketSaysGoodbye(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	serving, stop := context.WithCancel(ctx)
	s := httptest.NewUnstartedServer(routes())
	s.Config.BaseContext = func(net.Listener) context.Context { return serving }
	s.Start()
	defer s.Close()

	c, _, err := websocket.Dial(ctx, s.URL+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	if err := c.Write(ctx, websocket.MessageText, []byte("hello")); err != nil {
		t.Fatal(err)
	}
	if _, got, err := c.Read(ctx); err != nil || string(got) != "hello" {
		t.Fatalf("got %q, %v", got, err)
	}
	stop()
	if _, _, err := c.Read(ctx); websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Errorf("got %v, want a close frame with status %v", err, websocket.StatusGoingAway)
	}
}
