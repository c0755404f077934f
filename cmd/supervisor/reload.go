package main

import (
	"context"
	"errors"
	"slices"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
	"github.com/seed-27ba25bb/supervisor/internal/telemetry"
)

// Reload reads the config again and asks for new generations: of the named
// services, of all if none is named. A config that is bad changes nothing.
func (d *daemon) Reload(ctx context.Context, names []string) ([]control.Result, error) {
	// The work goes on if the one who asked does not wait for it.
	conf, err := d.reconfigure(context.WithoutCancel(ctx))
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
	verdicts, err := d.Supervisor.Reload(ctx, names)
	if err != nil {
		return nil, err
	}
	results := make([]control.Result, len(names))
	for i, v := range verdicts {
		results[i] = control.Result{Service: names[i], Verdict: v}
	}
	return results, nil
}

// reconfigure puts the config into force as it stands in its files now.
func (d *daemon) reconfigure(ctx context.Context) (*config.Config, error) {
	if conf := d.current(); conf != nil && d.settings.fixed() {
		return conf, nil
	}
	conf, err := d.settings.load(ctx)
	if err == nil {
		d.warn(conf)
		_, err = d.apply(ctx, conf)
	}
	if errors.Is(err, supervise.ErrEnded) {
		return nil, err
	}
	if err != nil {
		d.log.Report(telemetry.Report{Kind: telemetry.ConfigFailed, Err: err})
		return nil, &control.ConfigError{Err: err}
	}
	return conf, nil
}

// current is the config in force, nil before there is one.
func (d *daemon) current() *config.Config {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.conf
}

// reloadChanged hands off what a new config changes, and nothing else.
func (d *daemon) reloadChanged(ctx context.Context) {
	conf, err := d.settings.load(ctx)
	var changed []string
	if err == nil {
		d.warn(conf)
		changed, err = d.apply(ctx, conf)
	}
	if err != nil {
		if ctx.Err() == nil && !errors.Is(err, supervise.ErrEnded) {
			d.log.Report(telemetry.Report{Kind: telemetry.ConfigFailed, Err: err})
		}
		return
	}
	d.log.Report(telemetry.Report{Kind: telemetry.Config})
	d.Supervisor.Reload(ctx, changed)
}

// failed reports whether a verdict left something else in service than was asked for.
func failed(v lifecycle.Verdict) bool { return v.Outcome != "" && codeOf(v) != exitFine }
