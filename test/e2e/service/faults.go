package main

import (
	"flag"
	"os/signal"
	"syscall"
	"time"
)

// faults are what makes a version of this service a bad one.
type faults struct {
	panics  time.Duration
	unready bool
	deaf    bool
}

func (f *faults) flags() {
	flag.DurationVar(&f.panics, "panic", 0, "panic this long after the sockets are open")
	flag.BoolVar(&f.unready, "unready", false, "never say that it is ready, and accept nothing")
	flag.BoolVar(&f.deaf, "deaf", false, "ignore SIGTERM")
}

func (f *faults) begin() {
	if f.deaf {
		signal.Ignore(syscall.SIGTERM)
	}
	if f.panics > 0 {
		time.AfterFunc(f.panics, func() { panic("out of luck") })
	}
}
