// Command plain is a service that knows nothing of any supervisor: it binds its
// address, or the path of its unix socket, for itself, and a signal ends it at once.
// With a second address, that of a unix socket, it binds that first, and leaves it
// alone.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	id := strconv.Itoa(os.Getpid())
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Version", id)
		w.Header().Set("X-Load", r.Header.Get("X-Load"))
		if d, err := time.ParseDuration(r.URL.Query().Get("d")); err == nil {
			time.Sleep(d)
		}
		fmt.Fprintln(w, "hello")
	})
	if len(os.Args) > 2 {
		if _, err := net.Listen("unix", os.Args[2]); err != nil {
			log.Fatal(err)
		}
	}
	if path := os.Args[1]; strings.HasPrefix(path, "/") {
		os.Remove(path)
		l, err := net.Listen("unix", path)
		if err != nil {
			log.Fatal(err)
		}
		log.Fatal(http.Serve(l, nil))
	}
	log.Fatal(http.ListenAndServe(os.Args[1], nil))
}
