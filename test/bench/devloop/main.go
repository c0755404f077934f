// Devloop measures how long it takes from a save to an executable, by go build and
// by pkg/rebuild, in turn and within one run:
//
//	go run ./test/bench/devloop              about five minutes
//	go run ./test/bench/devloop -rounds 3    rougher
//
// The services are made in a temporary directory. The large one imports gin, grpc
// and the client library of Prometheus from the module proxy; with -small there is
// only the small one, which imports nothing but net/http.
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
	rounds := flag.Int("rounds", 11, "how often to measure each figure")
	small := flag.Bool("small", false, "leave out the large service, which needs the network")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *rounds, *small)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "devloop: error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, rounds int, small bool) error {
	fmt.Printf("%s: %d cores, %s %s/%s, medians of %d rounds\n",
		time.Now().Format(time.DateOnly), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, rounds)
	services := []service{smallService(), largeService()}
	if small {
		services = services[:1]
	}
	for _, s := range services {
		if err := measure(ctx, s, rounds); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

func measure(ctx context.Context, s service, rounds int) error {
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
