package adopt

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/seed-27ba25bb/supervisor/test/freeport"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "serve" {
		os.Setenv("GORACE", "atexit_sleep_ms=0")
		serve(os.Args[2])
	}
	if len(os.Args) == 3 && os.Args[1] == "plain" {
		log.Fatal(servePath(os.Args[2]))
	}
	if len(os.Args) == 3 && os.Args[1] == "drain" {
		os.Setenv("GORACE", "atexit_sleep_ms=0")
		if err := serveAndDrain(os.Args[2]); err != nil {
			log.Fatal(err)
		}
		os.Exit(0)
	}
	if len(os.Args) == 4 && os.Args[1] == "family" {
		os.Setenv("GORACE", "atexit_sleep_ms=0")
		log.Fatal(serveFamily(os.Args[2], os.Args[3]))
	}
	if len(os.Args) == 3 && os.Args[1] == "daemon" {
		log.Fatal(daemonise(os.Args[2]))
	}
	if len(os.Args) == 3 && os.Args[1] == "defer" {
		log.Fatal(serveDeferred(os.Args[2]))
	}
	if len(os.Args) == 3 && os.Args[1] == "echo" {
		log.Fatal(echo(os.Args[2]))
	}
	if len(os.Args) == 3 && os.Args[1] == "ponder" {
		log.Fatal(ponder(os.Args[2]))
	}
	if len(os.Args) == 4 && os.Args[1] == "try" {
		os.Setenv("GORACE", "atexit_sleep_ms=0")
		if err := tricks[os.Args[2]](os.Args[3]); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", os.Args[2], err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if len(os.Args) == 4 && os.Args[1] == "binds" {
		if err := bindAgain(os.Args[2], os.Args[3]); err != nil {
			log.Fatal(err)
		}
		os.Exit(0)
	}
	if len(os.Args) == 4 && os.Args[1] == "hold" {
		log.Fatal(hold(os.Args[2], os.Args[3]))
	}
	os.Exit(m.Run())
}

// serve is a server that knows nothing of us and dies on SIGTERM.
// Of several addresses it serves all.
func serve(addrs string) {
	failed := make(chan error)
	for addr := range strings.SplitSeq(addrs, ",") {
		go func() { failed <- http.ListenAndServe(addr, handler()) }()
	}
	log.Fatal(<-failed)
}

func handler() http.Handler {
	id := strconv.Itoa(os.Getpid())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Version", id)
		w.Header().Set("X-Load", r.Header.Get("X-Load"))
		if d, err := time.ParseDuration(r.URL.Query().Get("d")); err == nil {
			time.Sleep(d)
		}
		fmt.Fprintln(w, "hello")
	})
}

// servePath is the same on a unix socket, with what everybody does before.
func servePath(path string) error {
	os.Remove(path)
	l, err := net.Listen("unix", path)
	if err != nil {
		return err
	}
	if got := l.Addr().String(); got != path {
		return fmt.Errorf("it is bound to %s", got)
	}
	return http.Serve(l, handler())
}

// serveAndDrain ends as careful servers do: it removes its socket first.
func serveAndDrain(path string) error {
	l, err := net.Listen("unix", path)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	s := http.Server{Handler: handler()}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
		return s.Shutdown(context.Background())
	}
}

// serveDeferred hears of a connection only with its first data (tcp(7)).
func serveDeferred(addr string) error {
	c := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_DEFER_ACCEPT, 60) })
	}}
	l, err := c.Listen(context.Background(), "tcp", addr)
	if err != nil {
		return err
	}
	return http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "hello") }))
}

// echo answers datagrams, and knows nothing of us either.
func echo(addr string) error {
	c, err := net.ListenPacket("udp", addr)
	if err != nil {
		return err
	}
	b := make([]byte, 2048)
	for id := strconv.Itoa(os.Getpid()); ; {
		n, from, err := c.ReadFrom(b)
		if err != nil {
			return err
		}
		if _, err := c.WriteTo([]byte(id+" "+string(b[:n])), from); err != nil {
			return err
		}
	}
}

// ponder is echo that computes for a while before it answers.
func ponder(addr string) error {
	c, err := net.ListenPacket("udp", addr)
	if err != nil {
		return err
	}
	b := make([]byte, 2048)
	for {
		n, from, err := c.ReadFrom(b)
		if err != nil {
			return err
		}
		for began := time.Now(); time.Since(began) < 500*time.Millisecond; {
		}
		if _, err := c.WriteTo(b[:n], from); err != nil {
			return err
		}
	}
}

// freeAddress is one that nothing listened on a moment ago.
var freeAddress = freeport.TCP
