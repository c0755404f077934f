// Command service is what the benchmark runs: one page, by a process that tells
// the benchmark when it began, when it was ready, and when it was first asked.
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
)

func main() {
	began := time.Now()
	addr := flag.String("addr", "127.0.0.1:0", "listen on this `address`, or on the inherited socket of this name")
	report := flag.String("report", "", "tell the benchmark on the unix socket at this `path`")
	flag.Parse()
	if err := run(began, *addr, *report); err != nil {
		fmt.Fprintln(os.Stderr, "service:", err)
		os.Exit(1)
	}
}

func run(began time.Time, addr, report string) error {
	to, err := net.Dial("unix", report)
	if err != nil {
		return err
	}
	forThisProcess()
	w, err := handoff.New(handoff.Options{})
	if err != nil {
		return err
	}
	l, err := w.Listen("tcp", addr)
	if err != nil {
		return err
	}
	if err := w.Ready(); err != nil {
		return err
	}
	fmt.Fprintln(to, os.Getpid(), began.UnixNano(), time.Now().UnixNano(), l.Addr())
	return w.Serve(l, &http.Server{Handler: page(to)})
}

// forThisProcess completes what the benchmark cannot know before it forks.
func forThisProcess() {
	if os.Getenv("LISTEN_PID") == "self" {
		os.Setenv("LISTEN_PID", strconv.Itoa(os.Getpid()))
	}
}

// page answers with the PID, and tells of the first request.
func page(to io.Writer) http.HandlerFunc {
	pid := strconv.Itoa(os.Getpid())
	var first sync.Once
	return func(w http.ResponseWriter, _ *http.Request) {
		first.Do(func() { fmt.Fprintln(to, time.Now().UnixNano()) })
		w.Header().Set("X-Version", pid)
		fmt.Fprintln(w, "hello from", pid)
	}
}
