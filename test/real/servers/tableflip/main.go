// Command tableflip serves HTTP on one address with tableflip.
package main

import (
	"context"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/cloudflare/tableflip"
)

func main() {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)
	upgrader, err := tableflip.New(tableflip.Options{})
	if err != nil {
		log.Fatal(err)
	}
	l, err := upgrader.Listen("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") })}
	go server.Serve(l)
	if !upgrader.HasParent() {
		log.Fatal("it has no parent")
	}
	if err := upgrader.Ready(); err != nil {
		log.Fatal(err)
	}
	if err := upgrader.WaitForParent(context.Background()); err != nil {
		log.Fatal(err)
	}
	log.Print("the parent is gone")
	<-asked
	l.Close()
	// Shutdown drops connections that were accepted a moment ago.
	time.Sleep(200 * time.Millisecond)
	server.Shutdown(context.Background())
}
