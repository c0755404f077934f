package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
	"github.com/seed-27ba25bb/supervisor/internal/telemetry"
	"github.com/seed-27ba25bb/supervisor/internal/terminal"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// startLog writes for the one who watches: pretty on a terminal and in dev, with
// priorities for systemd's journal, plain lines for another log. In production the
// standard output is the service's.
func (d *daemon) startLog(conf *config.Config) {
	s, out := d.settings, os.Stderr
	if s.mode == config.Dev {
		out = os.Stdout
	}
	o := telemetry.Options{Mode: telemetry.Plain, Out: out, Color: telemetry.Colored(out)}
	switch {
	case s.json:
		o.Mode = telemetry.JSON
	case telemetry.ToJournal(out):
		o.Mode = telemetry.Journal
	case s.mode == config.Dev || telemetry.Terminal(out):
		o.Mode, d.pretty = telemetry.Pretty, true
		d.terminal = d.openTerminal(conf, out)
	}
	if d.terminal != nil {
		o.Screen = d.terminal
	}
	for _, s := range conf.Services {
		o.Services = append(o.Services, s.Name)
	}
	d.out = telemetry.NewPatient(telemetry.Console(out))
	o.Out, o.Heard = d.out, d.heard
	d.log, d.look = telemetry.New(o), o
	d.objects = telemetry.New(telemetry.Options{Mode: telemetry.JSON, Out: d.out, Heard: d.heard})
}

// openTerminal takes the terminal over, unless a service or the logger uses it as well.
func (d *daemon) openTerminal(conf *config.Config, out *os.File) *terminal.Terminal {
	shares := func(c config.Service) bool {
		return c.Stdin || c.LogFile() == "" && (c.Logs != config.LogsPrefix || d.sunk(c))
	}
	if slices.ContainsFunc(conf.Services, shares) {
		return nil
	}
	t, err := terminal.Open(terminal.Options{Out: out, In: os.Stdin})
	if err != nil {
		return nil // one line after the other does as well
	}
	return t
}

func reportFlag(c *cobra.Command, json *bool) {
	c.Flags().BoolVar(json, "json", false, "report in JSON, one object a line")
}

// pendingReports is how many reports may wait for a terminal that was stopped with
// Ctrl-S or a journal that is slow.
const pendingReports = 4096

// observe is called in the supervisor's loop, which nothing may hold up.
func (d *daemon) observe(r supervise.Report) {
	d.line.stir()
	d.pulse.beat()
	if r.Kind == supervise.Stopping {
		d.line.stop()
		// Before the first socket closes: those that are kept for the next supervisor
		// are the ones that were open now.
		d.told(d.given.manager.Stopping(endsWithin(d.current())))
	}
	d.enter(entry{telemetry.Report{
		Service: r.Service, Time: time.Now(), Kind: string(r.Kind), Generation: r.Generation, PID: r.PID,
		Serving: r.Serving, Took: r.Took, Text: r.Text, Err: r.Err, Problems: problemsOf(r.Err),
	}, &r})
	select {
	case d.changed <- struct{}{}:
	default:
	}
}

// problemsOf is what a failed build says about places in files.
func problemsOf(err error) (all []telemetry.Problem) {
	failed, ok := errors.AsType[*rebuild.Error](err)
	if !ok {
		return nil
	}
	for _, d := range failed.Diagnostics {
		all = append(all, telemetry.Problem{File: d.File, Line: d.Line, Column: d.Column, Message: d.Message})
	}
	return all
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
	d.feed.Publish(eventOf(e.line))
	select {
	case d.reports <- e:
	default:
		d.dropped.Add(1)
	}
}

// unread is how long the end waits for an output that nobody reads.
const unread = time.Second

// endLog writes what was entered, and gives the terminal back.
func (d *daemon) endLog(writer *sync.WaitGroup) {
	close(d.reports)
	written := make(chan struct{})
	// It is left behind if it hangs: the program ends.
	go func() { defer close(written); writer.Wait() }()
	select {
	case <-written:
		d.out.Flush(unread)
	case <-time.After(unread):
	}
	if d.terminal != nil {
		d.terminal.Close()
	}
}

// writeReports passes on what was entered, until the queue is closed.
func (d *daemon) writeReports(ctx context.Context) {
	for e := range d.reports {
		// Whoever acts on what is reported goes first: a new version is to start.
		runtime.Gosched()
		if e.what != nil && d.side != nil {
			d.side.Heard(ctx, *e.what)
		}
		d.log.Report(e.line)
		if n := d.dropped.Swap(0); n > 0 {
			d.log.Report(telemetry.Report{Kind: telemetry.Notice, Text: fmt.Sprintf("%d lines are missing here: the log was not read for too long", n)})
		}
	}
}
