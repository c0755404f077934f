// Webservice is a small web service that can be replaced while it serves.
//
//	go run .                          on its own
//	supervisor dev                    each save puts the new version in service
//	curl http://127.0.0.1:8080/version
package main

import (
	"cmp"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/seed-27ba25bb/supervisor/examples/webservice/handler"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
)

// Change it, save, and reload the page.
const version = "1"

func main() {
	addr := flag.String("addr", cmp.Or(os.Getenv("ADDR"), "127.0.0.1:8080"), "address to listen on, also $ADDR")
	flag.Parse()

	// The one line that differs from other services: it was http.ListenAndServe.
	if err := handoff.ListenAndServe(*addr, routes()); err != nil {
		log.Fatal(err)
	}
}

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", page)
	mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, version) })
	mux.HandleFunc("GET /slow", slow)
	mux.HandleFunc("GET /ws", echo)
	mux.HandleFunc("POST /greeting", handler.Greet)
	return mux
}
