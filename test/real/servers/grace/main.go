// Command grace serves HTTP on one address with facebookgo/grace.
package main

import (
	"io"
	"log"
	"net/http"
	"os"

	"github.com/facebookgo/grace/gracehttp"
)

func main() {
	server := &http.Server{Addr: os.Args[1], Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") })}
	if err := gracehttp.Serve(server); err != nil {
		log.Fatal(err)
	}
}
