package main

import (
	"context"
	"io"
	"net"
	"os"
	"strings"

	"github.com/seed-27ba25bb/supervisor/internal/dev"
	"github.com/seed-27ba25bb/supervisor/internal/telemetry"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// newSide is what dev does beside supervising.
func (d *daemon) newSide() *dev.Side {
	return dev.New(dev.Options{
		Output: func(service string) io.WriteCloser { return d.log.Writer(service, 0) },
		Notice: func(service, text string) {
			d.report(telemetry.Report{Kind: telemetry.Notice, Service: service, Text: text})
		},
		Listen:  listenOn,
		Target:  d.firstTCP,
		Start:   d.guardian.Start,
		Environ: handoff.StripEnv(os.Environ()),
	})
}

// listenOn opens a socket of the supervisor's own.
func listenOn(ctx context.Context, a listener.Address) (net.Listener, error) {
	s, err := listener.Open(ctx, a)
	if err != nil {
		return nil, err
	}
	defer s.Close() // the listener has a copy
	return s.Listener()
}

// firstTCP is where a client on this host reaches the first tcp socket, held or
// learnt; "" if there is none.
func (d *daemon) firstTCP(ctx context.Context) string {
	services, err := d.Snapshot(ctx)
	if err != nil {
		return ""
	}
	for _, s := range services {
		for _, k := range s.Sockets {
			if strings.HasPrefix(k.Address, "tcp") {
				return reachable(k.Bound)
			}
		}
	}
	return ""
}

// closeSide ends it before the guardian goes, which would kill what it runs.
func (d *daemon) closeSide() {
	if d.side == nil {
		return
	}
	d.configuring <- struct{}{}
	defer func() { <-d.configuring }()
	d.side.Close()
}
