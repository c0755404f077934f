package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/dev"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/logger"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/internal/succession"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
	"github.com/seed-27ba25bb/supervisor/internal/telemetry"
	"github.com/seed-27ba25bb/supervisor/internal/terminal"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

func devCommand(line *airLine) *cobra.Command {
	s := &settings{mode: config.Dev, air: line}
	c := &cobra.Command{
		Use:   "dev [PACKAGE | -- COMMAND…]",
		Short: "Watch, rebuild, and put each save in service",
		Long: `Dev builds the service, runs it on sockets that stay open, watches its sources, and
at each save puts the new version in service beside the old one, which then drains.
A build that fails changes nothing. Without a config and a package it runs the main
package of the Go module around this directory.`,
		RunE: func(c *cobra.Command, args []string) error {
			if err := s.words(c, args); err != nil {
				return err
			}
			return serve(c.Context(), s)
		},
	}
	s.flags(c)
	reportFlag(c, &s.json)
	debugFlag(c, &s.debug)
	return c
}

func runCommand() *cobra.Command {
	s := &settings{mode: config.Run}
	c := &cobra.Command{
		Use:   "run [-- COMMAND…]",
		Short: "Run in production: SIGHUP or reload hands off",
		Long: `Run keeps the service's sockets open and runs the service on them. SIGHUP, or
"supervisor reload", reads the config again, builds if there is a build, starts the
new version, waits until it is ready, and drains the old one. Nothing is watched.
If the supervisor is killed, the service goes on.`,
		RunE: func(c *cobra.Command, args []string) error {
			if err := s.words(c, args); err != nil {
				return err
			}
			return serve(c.Context(), s)
		},
	}
	s.flags(c)
	reportFlag(c, &s.json)
	leashFlag(c, &s.leash)
	c.Flags().StringVar(&s.pidFile, "pid-file", "", "`FILE` that gets the PID of the supervisor in charge")
	return c
}

// serve is the life of a supervisor: it starts everything, follows signals and
// requests, and returns when all is drained.
func serve(ctx context.Context, s *settings) (err error) {
	// Before anything else: from here on signals mean what they are to mean.
	signals := newSignals()
	signal.Notify(signals, handled()...)
	defer signal.Stop(signals)
	surviveClosedOutput()
	conf, unreadable := s.load(ctx)
	line, err := newLine(s, conf)
	if err != nil {
		return errors.Join(unreadable, err)
	}
	defer func() { line.end(err) }()
	if unreadable != nil {
		return unreadable
	}
	path, err := control.Path(s.where())
	if err != nil {
		return err
	}
	server, err := line.open(path)
	if err != nil {
		return err
	}
	defer server.Close()
	defer line.abandon(server)
	given, err := receive()
	if err != nil {
		return err
	}
	defer given.sockets.Close()
	given.takeOver(line)
	d, err := newDaemon(s, path, conf, given, line)
	if err != nil {
		return err
	}
	d.signals = signals
	if d.debugger, err = newDebugger(ctx, s.debug, path, conf); err != nil {
		d.close()
		return err
	}
	defer d.debugger.close()
	return d.run(ctx, conf, server)
}

// daemon is what a running supervisor consists of.
type daemon struct {
	settings *settings
	place    string // the path of the control socket, which no other supervisor has
	started  time.Time
	signals  <-chan os.Signal
	log      *telemetry.Logger
	look     telemetry.Options // of log
	objects  *telemetry.Logger // of what is to be shown as JSON
	out      *telemetry.Patient
	logger   *logger.Logger
	pretty   bool               // the log is for a reader
	terminal *terminal.Terminal // nil if there is none
	given    given
	line     *line
	server   *control.Server
	unstored []*listener.Socket // opened before this supervisor was in charge
	system   *supervise.System
	guardian *proc.Guardian
	side     *dev.Side          // nil in run
	debugger *debugger          // nil without --debug
	keeper   *succession.Keeper // nil if nothing is recorded
	*supervise.Supervisor
	ended chan struct{} // closed when nothing is left to supervise

	jobs        sync.WaitGroup
	configuring chan struct{}   // held while a config is read and put into force
	warned      map[string]bool // for whoever holds configuring

	reports chan entry
	dropped atomic.Int64  // reports for which there was no room
	feed    control.Feed  // the same for clients
	changed chan struct{} // something was reported: the status may be another one
	pulse   pulse         // likewise, for whoever watches it

	mu   sync.Mutex // the config may be asked for while a reload replaces it
	conf *config.Config
}

func newDaemon(s *settings, place string, conf *config.Config, given given, line *line) (*daemon, error) {
	d := &daemon{
		settings: s, place: place, given: given, line: line, changed: make(chan struct{}, 1), started: time.Now(), ended: make(chan struct{}),
		configuring: make(chan struct{}, 1), warned: map[string]bool{}, reports: make(chan entry, pendingReports),
	}
	notifyDir, err := notifyDir(place)
	if err != nil {
		return nil, err
	}
	if s.mode == config.Dev || s.leash || line.succeeds() {
		// In dev nothing outlives the supervisor, whatever ends it, and nothing outlives
		// one on a leash, or one that was to take over and did not.
		if d.guardian, err = proc.NewGuardian(); err != nil {
			return nil, err
		}
	}
	if s.mode == config.Dev {
		d.side = d.newSide()
	}
	if d.system, err = supervise.NewSystem(notifyDir, d.guardian); err != nil {
		d.guardian.Close()
		return nil, err
	}
	d.system.OpenSocket = d.open
	d.system.Prepared = d.pulse.beat
	d.logger = logger.New(logger.Options{Heard: d.heard, Missed: d.unheard, Notice: d.notice})
	d.system.Sink = d.sink
	d.system.Groups = groupsOf(place)
	d.Supervisor = supervise.New(supervise.Options{
		World: careful{d.system, line}, Observe: d.observe, Output: d.output, Legacies: line.legacies(), Succeeds: line.succeeds(),
		Former: d.succeed(), Changed: d.recordSoon, Recorded: d.record,
	})
	return d, nil
}

func (d *daemon) close() {
	d.logger.Close()
	d.system.Close()
	d.guardian.Close()
}

// run returns when the supervisor has ended: nil if it was asked to.
func (d *daemon) run(ctx context.Context, conf *config.Config, server *control.Server) error {
	d.startLog(conf)
	ctx, cancel := context.WithCancel(ctx)
	var writer sync.WaitGroup
	writer.Go(func() { d.writeReports(ctx) })
	// When nobody is left who reports.
	defer d.endLog(&writer)
	defer d.jobs.Wait()
	defer cancel()
	d.jobs.Go(func() {
		defer close(d.ended)
		d.Supervisor.Run(context.Background())
		d.unrecord()
		d.closeSide()
		// As long as we hold the control socket, nobody else uses what is cleaned up.
		d.close()
	})
	d.server = server
	d.jobs.Go(func() { d.whenInCharge(ctx, func() { server.Serve(ctx, d) }) })
	d.jobs.Go(func() {
		d.whenInCharge(ctx, func() { d.given.manager.Follow(ctx, d.changed, d.standing, d.told) })
	})
	d.jobs.Go(func() { d.followPredecessor(ctx) })
	d.jobs.Go(func() { d.followSignals(ctx) })
	d.followLeash()
	d.jobs.Go(func() { d.followKeys(ctx) })
	d.jobs.Go(func() { d.keepSmall(ctx) })
	failed := make(chan error, 1)
	d.jobs.Go(func() { failed <- d.begin(ctx, conf) })
	if d.settings.mode == config.Dev {
		d.jobs.Go(func() { d.followConfig(ctx, conf) })
	}
	<-d.ended
	d.line.idle()
	cancel()
	return <-failed
}

// begin brings everything up. In dev a service that fails at first may be mended
// by the next save. In production nobody is there to do so: then the supervisor
// ends, for whoever started it to see.
func (d *daemon) begin(ctx context.Context, conf *config.Config) error {
	if d.debugger != nil {
		d.notice(fmt.Sprintf("debug it with: dlv connect %v", d.debugger.relay.Addr()))
	}
	d.told(d.given.manager.Extend(beginsWithin(conf)))
	d.configuring <- struct{}{}
	d.warn(conf)
	names, err := d.apply(ctx, conf)
	<-d.configuring
	d.unclaimed()
	if errors.Is(err, supervise.ErrEnded) {
		return nil // told to stop before it began
	}
	if err != nil {
		d.Supervisor.Stop()
		return &beginError{err}
	}
	d.keep(ctx)
	names, later := d.line.beside(names)
	start := d.Supervisor.Start
	if d.settings.mode == config.Dev {
		start = d.Supervisor.Reload // there the source counts
	}
	verdicts, err := start(ctx, names)
	if err != nil {
		return nil // it ended meanwhile
	}
	if d.settings.mode == config.Dev {
		return d.takeCharge(ctx)
	}
	worst := exitFine
	for _, v := range verdicts {
		if v.Decisive() == lifecycle.Ended {
			return nil
		}
		if !goesOn(v) {
			worst = max(worst, codeOf(v))
		}
	}
	if worst == exitFine {
		if err := d.takeCharge(ctx); err != nil {
			return err
		}
		// What becomes of these is said as of any reload: the others serve.
		start(ctx, later)
		return nil
	}
	d.denied(names, verdicts, worst)
	d.Supervisor.Stop()
	return verdictError(worst)
}
