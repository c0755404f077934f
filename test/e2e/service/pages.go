package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/coder/websocket"
)

// pages speaks HTTP/1.1, h2c and websocket.
func (s *service) pages(l net.Listener) error {
	mux := http.NewServeMux()
	mux.HandleFunc("/", page)
	mux.HandleFunc("/slow", s.slow)
	mux.HandleFunc("/download", s.download)
	mux.HandleFunc("/health", health)
	mux.HandleFunc("/ws", s.websocket)
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	return s.w.Serve(l, &http.Server{Handler: mux, Protocols: protocols})
}

func page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Version", identity())
	w.Header().Set("X-Load", r.Header.Get("X-Load"))
	fmt.Fprintln(w, identity())
}

// health is bad as long as the file ?ill is there.
func health(w http.ResponseWriter, r *http.Request) {
	if _, err := os.Stat(r.URL.Query().Get("ill")); err == nil {
		http.Error(w, "ill", http.StatusServiceUnavailable)
	}
}

// slow takes as long as ?d says.
func (s *service) slow(w http.ResponseWriter, r *http.Request) {
	d, err := time.ParseDuration(r.URL.Query().Get("d"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.roster.busy()
	select {
	case <-time.After(d):
		page(w, r)
	case <-r.Context().Done():
		http.Error(w, "cut off: "+context.Cause(r.Context()).Error(), http.StatusServiceUnavailable)
	}
}

// download sends lines until the client closes, or held connections are to go.
func (s *service) download(w http.ResponseWriter, r *http.Request) {
	s.roster.busy()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		fmt.Fprintln(w, identity())
		http.NewResponseController(w).Flush()
		select {
		case <-tick.C:
		case <-s.leave.Done():
			return
		case <-r.Context().Done():
			return
		}
	}
}

// websocket echoes until the client closes, or says that it goes away when
// held connections are to.
func (s *service) websocket(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow()
	s.roster.busy()
	closed := make(chan struct{})
	stop := context.AfterFunc(s.leave, func() {
		defer close(closed)
		conn.Close(websocket.StatusGoingAway, "a new version is there")
	})
	for echoMessage(r.Context(), conn) == nil {
	}
	if !stop() {
		<-closed
	}
}

func echoMessage(ctx context.Context, conn *websocket.Conn) error {
	kind, msg, err := conn.Read(ctx)
	if err != nil {
		return err
	}
	return conn.Write(ctx, kind, append([]byte(identity()+" "), msg...))
}
