// Devloop measures the development loop: how long it takes from a save to the first
// answer of the new version, and what is lost on the way, by the supervisor, by air, by
// reflex, and by go build and a start by hand, in turn and within one run:
//
//	go run ./test/bench/devloop            about seven minutes
//	go run ./test/bench/devloop -quick     rough figures in 90 seconds
//	go run ./test/bench/devloop -builds    only from a save to an executable, step by step
//
// The services are made in a temporary directory. The large one imports gin, grpc
// and the client library of Prometheus from the module proxy; with -small there is
// only the small one, which imports nothing but net/http. What all this imports is
// downloaded and compiled first, which takes minutes once and counts for nothing.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

func main() {
	var o options
	flag.BoolVar(&o.quick, "quick", false, "measure less, in 90 seconds")
	flag.BoolVar(&o.builds, "builds", false, "measure what makes builds fast instead")
	flag.BoolVar(&o.small, "small", false, "leave out the large service, which needs the network")
	flag.IntVar(&o.rounds, "rounds", 11, "how often to measure each figure of -builds")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "devloop: error:", err)
		os.Exit(1)
	}
}

type options struct {
	quick, builds, small bool
	rounds               int
}

// services are those to measure.
func (o options) services() []service {
	if o.small {
		return []service{smallService()}
	}
	return []service{smallService(), largeService()}
}

func run(ctx context.Context, o options) error {
	fmt.Printf("%s: %d cores, %s %s/%s%s\n",
		time.Now().Format(time.DateOnly), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, busyness())
	if !o.builds {
		return loops(ctx, o)
	}
	for _, s := range o.services() {
		if err := measureBuilds(ctx, s, o.rounds); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// busyness is how many processes wanted to run lately, where the system says so.
func busyness() string {
	var one, five float64
	text, _ := os.ReadFile("/proc/loadavg")
	if n, _ := fmt.Sscan(string(text), &one, &five); n < 2 {
		return ""
	}
	return fmt.Sprintf(", load %.2f", one)
}

func measureBuilds(ctx context.Context, s service, rounds int) error {
	top, err := os.MkdirTemp("", "devloop")
	if err != nil {
		return err
	}
	defer os.RemoveAll(top)
	t := &tree{dir: top, service: s}
	fmt.Fprintf(os.Stderr, "making the %s service …\n", s.name)
	if err := t.make(ctx); err != nil {
		return err
	}
	ways, err := allWays(ctx, t)
	if err != nil {
		return err
	}
	if err := t.rounds(ctx, ways, rounds); err != nil {
		return err
	}
	t.print(ways)
	return nil
}
