//go:build linux

// Upgrades compares how one small service is upgraded under load: by the supervisor, by
// tableflip, by overseer, by Server::Starter, and nginx by its own reload, in turn and
// within one run. Then it hands off a thousand times, and looks whether the supervisor
// grows:
//
//	go run ./test/bench/upgrades           about five minutes
//	go run ./test/bench/upgrades -quick    about one
//
// Server::Starter and nginx are Debian's libserver-starter-perl and nginx-light, overseer
// comes by the module proxy; what is not to be had is left out.
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

	"github.com/seed-27ba25bb/supervisor/test/bench/plot"
)

func main() {
	quick := flag.Bool("quick", false, "measure less, in about a minute; the figures are rougher")
	flag.Parse()
	p := plan{blocks: 12, upgrades: 10, weighed: 10, handoffs: 1000, window: 100}
	if *quick {
		p = plan{blocks: 2, upgrades: 5, weighed: 3, handoffs: 200, window: 50}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, p)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "upgrades: error:", err)
		os.Exit(1)
	}
}

// plan is how often everything is measured.
type plan struct {
	blocks   int // how often each has its turn
	upgrades int // under load, in a turn
	weighed  int // upgrades whose memory is measured
	handoffs int // in a row
	window   int // of them at each end that are compared
}

// bench is what all measurements share.
type bench struct {
	dir        string // temporary
	supervisor string
	service    string
	overseer   string // empty if it is not to be had
}

// run leaves no process and no file behind, however it ends.
func run(ctx context.Context, p plan) error {
	began := time.Now()
	fmt.Printf("%s: %d cores, %s, %s %s/%s, load %s at the start\n", began.Format(time.DateOnly), runtime.NumCPU(),
		processor(), runtime.Version(), runtime.GOOS, runtime.GOARCH, busyness())
	b, err := prepare(ctx)
	if err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	all := b.contestants()
	if err := b.compare(ctx, p, all); err != nil {
		return err
	}
	printComparison(os.Stdout, all)
	if err := plot.Write(charts(all)); err != nil {
		return err
	}
	g, err := b.grow(ctx, p)
	if err != nil {
		return err
	}
	g.print(os.Stdout)
	fmt.Printf("\ntook %s, load %s at the end\n", time.Since(began).Round(time.Second), busyness())
	return nil
}

func say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+" …\n", args...) }

// prepare builds the programs.
func prepare(ctx context.Context) (*bench, error) {
	say("building")
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return nil, fmt.Errorf("cannot find the module; run it as: go run ./test/bench/upgrades: %w", err)
	}
	dir, err := os.MkdirTemp("", "u")
	if err != nil {
		return nil, err
	}
	b := &bench{dir: dir, supervisor: filepath.Join(dir, "supervisor"), service: filepath.Join(dir, "service")}
	for path, pkg := range map[string]string{b.supervisor: "./cmd/supervisor", b.service: "./test/bench/upgrades/service"} {
		cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", path, pkg)
		cmd.Dir = strings.TrimSpace(string(out))
		if out, err := cmd.CombinedOutput(); err != nil {
			os.RemoveAll(dir)
			return nil, fmt.Errorf("cannot build %s: %w\n%s", pkg, err, out)
		}
	}
	b.buildOverseer(ctx, strings.TrimSpace(string(out)))
	return b, nil
}
