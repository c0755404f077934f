// Command ported is a service that knows nothing of any supervisor: it listens at the
// port that $PORT names, and a signal ends it at once. It answers with its PID as its
// version, on websockets, too, and says in X-Client where the client is. Files in its
// directory say what is wrong with it.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/coder/websocket"
	"github.com/pires/go-proxyproto"
)

var id = strconv.Itoa(os.Getpid())

func main() {
	if exists("crash") {
		log.Fatal("it crashes")
	}
	if exists("never") {
		select {}
	}
	http.HandleFunc("/ws", echo)
	http.HandleFunc("/wait", func(w http.ResponseWriter, _ *http.Request) {
		os.WriteFile("busy", nil, 0o600)
		for !exists("go") {
			time.Sleep(5 * time.Millisecond)
		}
		fmt.Fprintln(w, "hello")
	})
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Version", id)
		w.Header().Set("X-Load", r.Header.Get("X-Load"))
		w.Header().Set("X-Client", r.RemoteAddr)
		w.Header().Set("X-Host", os.Getenv("HOST"))
		if d, err := time.ParseDuration(r.URL.Query().Get("d")); err == nil {
			time.Sleep(d)
		}
		fmt.Fprintln(w, "hello")
	})
	if port := os.Getenv("PORT_ADMIN"); port != "" {
		go http.ListenAndServe("127.0.0.1:"+port, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintln(w, "admin of "+id)
		}))
	}
	port := os.Getenv("PORT")
	if len(os.Args) > 1 {
		port = os.Args[1]
	}
	l, err := net.Listen("tcp", ":"+port)
	if err != nil {
		log.Fatal(err)
	}
	if exists("proxy") {
		l = &proxyproto.Listener{Listener: l, ConnPolicy: func(proxyproto.ConnPolicyOptions) (proxyproto.Policy, error) { return proxyproto.REQUIRE, nil }}
	}
	log.Fatal(http.Serve(l, nil))
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// echo says its version before what it was told.
func echo(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer c.CloseNow()
	for {
		kind, text, err := c.Read(r.Context())
		if err != nil {
			return
		}
		if err := c.Write(r.Context(), kind, []byte(id+" "+string(text))); err != nil {
			return
		}
	}
}
