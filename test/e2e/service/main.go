// Command service answers every kind of load that the end-to-end tests make.
// Each answer names the version and the process that gave it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
)

type options struct {
	http, tcp, unix, udp string // addresses; empty is none
	roster               string
	hold, linger         time.Duration
	faults
}

func main() {
	var o options
	flag.StringVar(&o.http, "http", "", "serve pages and websockets at this `address`")
	flag.StringVar(&o.tcp, "tcp", "", "echo lines at this `address`")
	flag.StringVar(&o.unix, "unix", "", "serve pages at this `path`")
	flag.StringVar(&o.udp, "udp", "", "echo datagrams at this `address`")
	flag.StringVar(&o.roster, "roster", "", "report to this `address` while this process lives")
	flag.DurationVar(&o.hold, "hold", 0, "how long held connections stay after draining began")
	flag.DurationVar(&o.linger, "linger", 0, "how long idle connections stay after draining began; 0: the default of package handoff")
	o.faults.flags()
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "service:", err)
		os.Exit(1)
	}
}

// identity names this process in every answer.
func identity() string { return fmt.Sprintf("%s/%d", version, os.Getpid()) }

func run(o options) error {
	roster, err := join(o.roster)
	if err != nil {
		return err
	}
	w, err := handoff.New(handoff.Options{Linger: o.linger})
	if err != nil {
		return err
	}
	s := &service{w: w, roster: roster, leave: after(w.Draining(), o.hold)}
	if err := s.open(o); err != nil {
		return err
	}
	o.faults.begin()
	if o.unready {
		return w.Wait()
	}
	if err := w.Ready(); err != nil {
		return err
	}
	roster.ready()
	return s.serve()
}

// service has a function for each socket that it serves.
type service struct {
	w      *handoff.Worker
	roster *roster
	leave  context.Context // ends when held connections are to go
	loops  []func() error
}

func (s *service) open(o options) error {
	return errors.Join(
		s.listen("tcp", o.http, s.pages),
		s.listen("unix", o.unix, s.pages),
		s.listen("tcp", o.tcp, s.echoLines),
		s.listenPacket("udp", o.udp, s.echoDatagrams),
	)
}

func (s *service) listen(network, addr string, serve func(net.Listener) error) error {
	if addr == "" {
		return nil
	}
	l, err := s.w.Listen(network, addr)
	if err == nil {
		s.loops = append(s.loops, func() error { return serve(l) })
	}
	return err
}

func (s *service) listenPacket(network, addr string, serve func(net.PacketConn) error) error {
	if addr == "" {
		return nil
	}
	pc, err := s.w.ListenPacket(network, addr)
	if err == nil {
		s.loops = append(s.loops, func() error { return serve(pc) })
	}
	return err
}

func (s *service) serve() error {
	errs := make([]error, len(s.loops))
	var wg sync.WaitGroup
	for i, loop := range s.loops {
		wg.Go(func() { errs[i] = loop() })
	}
	wg.Wait()
	return errors.Join(append(errs, s.w.Wait())...)
}

// after is a context that ends d after begin has.
func after(begin context.Context, d time.Duration) context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	context.AfterFunc(begin, func() { time.AfterFunc(d, cancel) })
	return ctx
}
