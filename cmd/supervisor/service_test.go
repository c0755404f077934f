//go:build unix

package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
)

// serviceMain is a web service that answers with its version. The first line of
// the file "behave" says which that is, and what is wrong with it, unless the variable
// BEHAVE does.
func serviceMain() {
	text, err := []byte(os.Getenv("BEHAVE")), error(nil)
	if len(text) == 0 {
		text, err = os.ReadFile("behave")
	}
	if err != nil {
		fail(err)
	}
	version, fault, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	fmt.Printf("service %s notifies %s\n", version, os.Getenv("NOTIFY_SOCKET"))
	switch fault {
	case "exit 0":
		os.Exit(0)
	case "exit 1":
		os.Exit(1)
	case "panic":
		<-time.After(200 * time.Millisecond)
		panic("out of luck")
	}
	if fault == "mute" {
		os.Unsetenv("NOTIFY_SOCKET")
	}
	w, err := handoff.New(handoff.Options{})
	if err != nil {
		fail(err)
	}
	if fault == "speak" {
		send("STATUS=never ready")
	}
	if fault == "hang" || fault == "speak" {
		<-w.Draining().Done()
		os.Exit(0)
	}
	if fault == "garble" {
		send("READY")
		send("WATCHDOG_USEC=soon")
		send(strings.Repeat("x", 5000))
	}
	serveVersion(w, version, fault)
}

func serveVersion(w *handoff.Worker, version, fault string) {
	l, err := w.Listen("tcp", "http")
	if err != nil {
		fail(err)
	}
	if err := w.Ready(); err != nil {
		fail(err)
	}
	switch fault {
	case "crash":
		fmt.Println("service", version, "crashes")
		os.Exit(7)
	case "deaf":
		// TERM ends serving; the process stays.
		defer func() { select {} }()
	case "drop":
		// TERM ends it as it stands.
		context.AfterFunc(w.Draining(), func() { os.Exit(0) })
	}
	unwell := time.Now()
	if fault == "unwell" {
		unwell = unwell.Add(time.Second)
	}
	page := func(w http.ResponseWriter, r *http.Request) {
		if time.Now().Before(unwell) {
			http.Error(w, "not yet", http.StatusServiceUnavailable)
			return
		}
		if fault == "drop" {
			<-time.After(5 * time.Millisecond) // so that some request is under way at any time
		}
		fmt.Fprint(w, version)
		if fault == "slow" && r.URL.Path == "/slow" {
			http.NewResponseController(w).Flush()
			<-r.Context().Done() // until the client has gone
		}
	}
	if err := w.Serve(l, &http.Server{Handler: http.HandlerFunc(page)}); err != nil {
		fail(err)
	}
}

// send sends one datagram to the supervisor.
func send(text string) {
	c, err := net.Dial("unixgram", os.Getenv("NOTIFY_SOCKET"))
	if err == nil {
		_, err = c.Write([]byte(text))
	}
	if err != nil {
		fail(err)
	}
	c.Close()
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "service:", err)
	os.Exit(1)
}
