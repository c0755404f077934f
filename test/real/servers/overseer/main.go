// Command overseer serves HTTP on one address with overseer.
package main

import (
	"context"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/jpillora/overseer"
)

func main() {
	overseer.Run(overseer.Config{Address: os.Args[1], Program: serve})
}

func serve(state overseer.State) {
	pid := strconv.Itoa(os.Getpid())
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Version", pid)
		io.WriteString(w, "ok")
	})}
	go server.Serve(state.Listener)
	<-state.GracefulShutdown
	log.Print("asked to drain")
	// Shutdown drops connections that were accepted a moment ago.
	time.Sleep(200 * time.Millisecond)
	server.Shutdown(context.Background())
}
