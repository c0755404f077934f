//go:build unix

// Bench measures what the supervisor costs, as ratios within one run:
//
//	go run ./test/bench           about four minutes
//	go run ./test/bench -quick    less than one
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
	quick := flag.Bool("quick", false, "take less than a minute; the figures are rougher")
	flag.Parse()
	p := thorough()
	if *quick {
		p = rough()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, p)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx) // what it broke does not matter
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: error:", err)
		os.Exit(1)
	}
}

// run leaves no process and no file behind, however it ends.
func run(ctx context.Context, p plan) error {
	began := time.Now()
	machine := fmt.Sprintf("%s: %d cores, %s, %s, %s %s/%s, load %s at the start",
		began.Format(time.DateOnly), runtime.NumCPU(), processor(), kernel(), runtime.Version(), runtime.GOOS, runtime.GOARCH, busyness())
	fmt.Fprintln(os.Stderr, "building …")
	b, err := prepare(ctx)
	if err != nil {
		return err
	}
	defer b.remove()
	t, err := p.carryOut(ctx, b, os.Stderr)
	if err != nil {
		return err
	}
	t.print(os.Stdout, machine)
	fmt.Printf("\ntook %s\n", time.Since(began).Round(time.Second))
	return nil
}
