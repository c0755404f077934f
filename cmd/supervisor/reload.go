package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
	"github.com/seed-27ba25bb/supervisor/internal/telemetry"
)

// Reload reads the config again and asks for new generations: of the named
// services, of all if none is named. A config that is bad changes nothing.
func (d *daemon) Reload(ctx context.Context, names []string) (_ []control.Result, err error) {
	if err := d.line.await(ctx); err != nil {
		return nil, err
	}
	d.told(d.given.manager.Reloading())
	defer func() {
		d.refused(err)
		d.told(d.given.manager.Reloaded())
	}()
	// The work goes on if the one who asked does not wait for it.
	conf, changed, err := d.reconfigure(context.WithoutCancel(ctx))
	if err != nil {
		return nil, err
	}
	known := make([]string, 0, len(conf.Services))
	for _, s := range conf.Services {
		known = append(known, s.Name)
	}
	if len(names) == 0 {
		names = known
	}
	for _, n := range names {
		if !slices.Contains(known, n) {
			return nil, &control.UnknownServiceError{Service: n, Known: known}
		}
	}
	d.bringUp(ctx, changed, names)
	verdicts, err := d.Supervisor.Reload(ctx, names)
	if d.line.isGone() && !served(verdicts) {
		return nil, d.line.succeeded() // the one that was asked for is to serve there
	}
	if err != nil {
		return nil, err
	}
	results := make([]control.Result, len(names))
	for i, v := range verdicts {
		results[i] = control.Result{Service: names[i], Verdict: v}
	}
	return results, nil
}

// bringUp starts what a new config has added beside the services that a reload
// names. In dev it hands off all that the config changed.
func (d *daemon) bringUp(ctx context.Context, changed, named []string) {
	if len(changed) == 0 {
		return // nobody need be asked, on the way to a new version
	}
	services, err := d.Snapshot(ctx)
	if err != nil {
		return
	}
	for _, s := range services {
		fresh := len(s.Generations) == 0 && s.Last.Outcome == ""
		if slices.Contains(changed, s.Name) && !slices.Contains(named, s.Name) && (fresh || d.settings.mode == config.Dev) {
			d.jobs.Go(func() { d.Supervisor.Reload(ctx, []string{s.Name}) })
		}
	}
}

// reconfigure puts the config into force as it stands in its files now, and returns
// the services that it changes.
func (d *daemon) reconfigure(ctx context.Context) (conf *config.Config, changed []string, err error) {
	if conf := d.current(); conf != nil && d.settings.fixed() {
		return conf, nil, nil
	}
	// One at a time: what was read last must be what is in force last.
	d.configuring <- struct{}{}
	defer func() { <-d.configuring }()
	if conf, err = d.settings.load(ctx); err == nil {
		d.warn(conf)
		changed, err = d.apply(ctx, conf)
	}
	if errors.Is(err, supervise.ErrEnded) {
		return nil, nil, err
	}
	if err != nil {
		d.report(telemetry.Report{Kind: telemetry.ConfigFailed, Time: time.Now(), Err: err})
		return nil, nil, &control.ConfigError{Err: err}
	}
	return conf, changed, nil
}

// current is the config in force, nil before there is one.
func (d *daemon) current() *config.Config {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.conf
}

// reloadChanged hands off what a new config changes, and nothing else. It does not
// wait for that: the next save may come before.
func (d *daemon) reloadChanged(ctx context.Context) {
	_, changed, err := d.reconfigure(ctx)
	if err != nil {
		return
	}
	d.report(telemetry.Report{Kind: telemetry.Config, Time: time.Now()})
	d.jobs.Go(func() { d.Supervisor.Reload(ctx, changed) })
}

// failed reports whether a verdict left something else in service than was asked for.
func failed(v lifecycle.Verdict) bool { return v.Outcome != "" && codeOf(v) != exitFine }
