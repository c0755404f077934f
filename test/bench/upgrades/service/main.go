//go:build unix

// Command service is one small page, which three programs can upgrade: the supervisor,
// tableflip and Server::Starter. Only how it gets its socket, and how it ends, differ.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"github.com/cloudflare/tableflip"

	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
)

func main() {
	by := flag.String("by", "", "supervisor, tableflip or starter")
	addr := flag.String("addr", "", "`address` to serve")
	flag.Parse()
	ways := map[string]func(string, *http.Server) error{
		"supervisor": bySupervisor, "tableflip": byTableflip, "starter": byStarter,
	}
	serve, known := ways[*by]
	if !known {
		fmt.Fprintf(os.Stderr, "service: nobody upgrades it by %q\n", *by)
		os.Exit(2)
	}
	if err := serve(*addr, &http.Server{Handler: page()}); err != nil {
		fmt.Fprintln(os.Stderr, "service:", err)
		os.Exit(1)
	}
}

// page names the process that answers.
func page() http.HandlerFunc {
	pid := strconv.Itoa(os.Getpid())
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Version", pid)
		fmt.Fprintln(w, "hello from", pid)
	}
}

func bySupervisor(addr string, s *http.Server) error {
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
	return w.Serve(l, s)
}

// byTableflip is what tableflip's documentation shows.
func byTableflip(addr string, s *http.Server) error {
	upgrader, err := tableflip.New(tableflip.Options{})
	if err != nil {
		return err
	}
	defer upgrader.Stop()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGTERM)
	go func() {
		for sig := range signals {
			if sig == syscall.SIGTERM {
				upgrader.Stop()
				return
			}
			if err := upgrader.Upgrade(); err != nil {
				fmt.Fprintln(os.Stderr, "service: cannot upgrade:", err)
			}
		}
	}()
	l, err := upgrader.Listen("tcp", addr)
	if err != nil {
		return err
	}
	go s.Serve(l)
	if err := upgrader.Ready(); err != nil {
		return err
	}
	<-upgrader.Exit()
	return s.Shutdown(context.Background())
}

// byStarter takes the socket from SERVER_STARTER_PORT, "host:port=descriptor", as the
// manual of Server::Starter says, and ends at SIGTERM.
func byStarter(_ string, s *http.Server) error {
	_, number, _ := strings.Cut(os.Getenv("SERVER_STARTER_PORT"), "=")
	fd, err := strconv.Atoi(number)
	if err != nil {
		return errors.New("SERVER_STARTER_PORT names no descriptor")
	}
	l, err := net.FileListener(os.NewFile(uintptr(fd), "socket"))
	if err != nil {
		return err
	}
	ending, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go s.Serve(l)
	<-ending.Done()
	return s.Shutdown(context.Background())
}
