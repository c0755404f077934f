//go:build linux

// Relay compares how connections are passed on to a service: by the supervisor
// (handoff.by = "relay"), by nginx's stream module and by haproxy in tcp mode, in turn and
// within one run.
//
//	go run ./test/bench/relay           about three minutes
//	go run ./test/bench/relay -quick    less than one
//
// nginx and haproxy are Debian's nginx-light, libnginx-mod-stream and haproxy; one that
// is not installed is left out.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == serveWord {
		fail(serve())
		return
	}
	quick := flag.Bool("quick", false, "measure less, in less than a minute; the figures are rougher")
	flag.Parse()
	p := plan{turns: 7, each: time.Second}
	if *quick {
		p = plan{turns: 3, each: 500 * time.Millisecond}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, p)
	stop()
	fail(err)
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "relay: error:", err)
		os.Exit(1)
	}
}

// plan is how often and how long everything is measured.
type plan struct {
	turns int
	each  time.Duration
}

// run leaves no process and no file behind, however it ends.
func run(ctx context.Context, p plan) error {
	began := time.Now()
	fmt.Printf("%s: %d cores, %s %s/%s, load %s at the start\n", began.Format(time.DateOnly), runtime.NumCPU(),
		runtime.Version(), runtime.GOOS, runtime.GOARCH, busyness())
	dir, err := os.MkdirTemp("", "r")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	supervisor, err := build(ctx, dir)
	if err != nil {
		return err
	}
	all, end, err := contestants(ctx, dir, supervisor)
	defer end()
	if err != nil {
		return err
	}
	for n := range p.turns {
		fmt.Fprintf(os.Stderr, "turn %d of %d …\n", n+1, p.turns)
		for _, w := range works {
			for _, c := range turned(all, n) {
				r, err := w.measure(ctx, c.addr, p.each)
				if err != nil {
					return fmt.Errorf("%s, %s: %w", c.name, w.name, err)
				}
				c.results[w.name] = append(c.results[w.name], r)
			}
		}
	}
	print(os.Stdout, all)
	fmt.Printf("\ntook %s, load %s at the end\n", time.Since(began).Round(time.Second), busyness())
	return nil
}

// turned has each of all go first in its turn.
func turned(all []*contestant, n int) []*contestant {
	n %= len(all)
	return append(append([]*contestant{}, all[n:]...), all[:n]...)
}

func build(ctx context.Context, dir string) (string, error) {
	fmt.Fprintln(os.Stderr, "building …")
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("cannot find the module; run it as: go run ./test/bench/relay: %w", err)
	}
	path := filepath.Join(dir, "supervisor")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", path, "./cmd/supervisor")
	cmd.Dir = strings.TrimSpace(string(root))
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("cannot build the supervisor: %w\n%s", err, out)
	}
	return path, nil
}

func busyness() string {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
