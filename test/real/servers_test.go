//go:build real

package real

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

var (
	allServers = flag.Bool("all-servers", false, "hand off all servers, and not a part of them")
	serverPage = flag.String("server-page", "", "write what became of the servers to this `file`")
)

// server is a program that people run today, as it is. In its texts ADDR and PORT stand
// for where it serves, FRONT for where it is asked if that is elsewhere, and BIN for the
// directory of the programs of ./servers.
type server struct {
	name, language string
	part           bool              // it is tried in each run
	program        string            // that must be installed
	inherits       bool              // it is given a socket; else it binds for itself
	config         string            // of the service
	files          map[string]string // that it reads
	build          []string          // makes the program of the files
	load           load.Load         // of new connections; default http
	held           load.Load         // of connections that stay open; default keepalive-watch, "none"
	says           string            // readiness by which message; empty: none
	after          string            // how long it may need until it takes connections, if it does not say when; default 300ms
	more           string            // other services
	resets         string            // why it breaks connections that it has just accepted; empty: it does not
}

// outcome is what became of the requests to a server.
type outcome struct {
	server
	handoffs  int
	by        string
	new, held load.Report
}

// TestServers hands each off under new connections, of which none is lost but by a
// server's own fault, and under connections that stay open, of which those that are lost
// are counted.
func TestServers(t *testing.T) {
	build := exec.Command("go", "build", "-o", bin, "./...")
	build.Dir = "servers"
	build.Env = append(build.Environ(), "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("cannot build the services: %v\n%s", err, out)
	}
	handoffs := 10
	if *allServers {
		handoffs = 20
	}
	var all []outcome
	for _, s := range append(adopted, protocols...) {
		if !s.part && !*allServers {
			continue
		}
		t.Run(s.name, func(t *testing.T) { all = append(all, s.handOff(t, handoffs)) })
	}
	if *serverPage != "" && !t.Failed() {
		if err := writeServers(*serverPage, all); err != nil {
			t.Fatal(err)
		}
	}
}

func (s server) handOff(t *testing.T, handoffs int) outcome {
	if _, err := exec.LookPath(s.program); err != nil {
		if _, err := exec.LookPath(program(s.program)); err != nil {
			t.Fatal(err)
		}
	}
	r, addr := newRunning(t), free(t)
	at := s.prepare(r, addr)
	r.start(program("supervisor"), "run")
	awaitListener(t, at)
	var o outcome
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var clients sync.WaitGroup
	put := func(l load.Load, rate float64, into *load.Report) {
		clients.Go(func() {
			got, err := load.Run(ctx, load.Config{Load: l, Address: at, Workers: 4, Rate: rate})
			if err != nil {
				t.Error(err)
			}
			*into = got
		})
	}
	if s.load == "" {
		s.load = load.HTTP
		if _, err := get("http://" + at + "/"); err != nil { // the first generation serves
			t.Fatal(err)
		}
	}
	put(s.load, 200, &o.new)
	if s.held == "" {
		s.held = load.KeepaliveWatch
	}
	if s.held != "none" {
		put(s.held, 100, &o.held)
	}
	for range handoffs {
		if got, code := r.verb("reload", "web"); code != 0 || !strings.Contains(got, "promoted") {
			t.Errorf("exit code %d: %s", code, got)
		}
	}
	stop()
	clients.Wait()
	t.Logf("new connections: %v\nheld connections: %v", o.new, o.held)
	lost := o.new.Failed()
	if s.resets != "" {
		lost -= o.new.Failures[load.Reset] + o.new.Failures[load.EOF]
	}
	if o.new.Requests == 0 || lost != 0 {
		t.Errorf("want no loss: %v", o.new)
	}
	if by := "(" + s.says + ")"; s.says != "" {
		r.await(by)
	}
	o.server, o.handoffs, o.by = s, handoffs, s.handsOff()
	r.stops()
	return o
}

// prepare writes what the server reads and the config, and returns where to ask.
func (s server) prepare(r *running, addr string) (at string) {
	r.t.Helper()
	_, port, _ := net.SplitHostPort(addr)
	front := addr
	if s.more != "" {
		front = free(r.t)
	}
	fill := strings.NewReplacer("ADDR", addr, "PORT", port, "FRONT", front, "BIN", bin)
	for name, text := range s.files {
		r.write(name, fill.Replace(text))
	}
	if len(s.build) > 0 {
		if out, code := r.as(0, s.build[0], s.build[1:]...); code != 0 {
			r.t.Fatalf("%v: exit code %d\n%s", s.build, code, out)
		}
	}
	listen := ""
	if s.inherits {
		listen = fmt.Sprintf("listen = [\"http=tcp://ADDR\"]\nready.after = %q\n", cmp.Or(s.after, "300ms"))
	}
	r.write("supervisor.toml", fill.Replace("[services.web]\n"+listen+s.config+"\n"+s.more))
	return front
}

// handsOff is how the config says that it hands off.
func (s server) handsOff() string {
	if _, by, found := strings.Cut(s.config, `handoff.by = "`); found {
		by, _, _ = strings.Cut(by, `"`)
		return by
	}
	if s.inherits {
		return "auto: inherited"
	}
	return "auto: adopt"
}

func awaitListener(t *testing.T, addr string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(fmt.Errorf("nothing listens on %s: %w", addr, err))
		}
	}
}
