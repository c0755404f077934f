package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
	"github.com/seed-27ba25bb/supervisor/internal/telemetry"
)

// newLogger writes for the one who watches: pretty on a terminal and in dev, plain
// lines for a log otherwise. In production the standard output is the service's.
func newLogger(mode config.Mode, conf *config.Config) *telemetry.Logger {
	out := os.Stderr
	if mode == config.Dev {
		out = os.Stdout
	}
	o := telemetry.Options{Mode: telemetry.Plain, Out: out, Color: telemetry.Colored(out)}
	if mode == config.Dev || telemetry.Terminal(out) {
		o.Mode = telemetry.Pretty
	}
	for _, s := range conf.Services {
		o.Services = append(o.Services, s.Name)
	}
	return telemetry.New(o)
}

// pendingReports is how many reports may wait for a terminal that was stopped with
// Ctrl-S or a journal that is slow.
const pendingReports = 4096

// observe is called in the supervisor's loop, which nothing may hold up.
func (d *daemon) observe(r supervise.Report) {
	if r.Kind == supervise.Stopping {
		// Before the first socket closes: those that are kept for the next supervisor
		// are the ones that were open now.
		d.told(d.given.manager.Stopping(endsWithin(d.current())))
	}
	d.enter(entry{telemetry.Report{
		Service: r.Service, Time: time.Now(), Kind: string(r.Kind), Generation: r.Generation, PID: r.PID,
		Serving: r.Serving, Took: r.Took, Text: r.Text, Err: r.Err,
	}, &r})
	select {
	case d.changed <- struct{}{}:
	default:
	}
}

// entry is a report on its way to the log and, if it came from the supervisor, to
// what dev does beside.
type entry struct {
	line telemetry.Report
	what *supervise.Report
}

func (d *daemon) report(r telemetry.Report) { d.enter(entry{line: r}) }

// enter puts an entry into the queue. One that finds no room is dropped, and the
// next that does says so.
func (d *daemon) enter(e entry) {
	select {
	case d.reports <- e:
	default:
		d.dropped.Add(1)
	}
}

// writeReports passes on what was entered, until the queue is closed.
func (d *daemon) writeReports(ctx context.Context) {
	for e := range d.reports {
		if e.what != nil && d.side != nil {
			d.side.Heard(ctx, *e.what)
		}
		d.log.Report(e.line)
		if n := d.dropped.Swap(0); n > 0 {
			d.log.Report(telemetry.Report{Kind: telemetry.Notice, Text: fmt.Sprintf("%d lines are missing here: the log was not read for too long", n)})
		}
	}
}
