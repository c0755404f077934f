package main

import (
	"context"

	"github.com/seed-27ba25bb/supervisor/internal/telemetry"
	"github.com/seed-27ba25bb/supervisor/internal/terminal"
)

// followKeys does what is asked for at the keyboard until ctx ends.
func (d *daemon) followKeys(ctx context.Context) {
	if d.terminal == nil {
		return
	}
	keys := d.terminal.Keys()
	if keys != nil {
		d.press(ctx, terminal.Help)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case key, open := <-keys:
			if !open {
				return // the terminal is gone
			}
			d.press(ctx, key)
		}
	}
}

func (d *daemon) press(ctx context.Context, key terminal.Key) {
	switch key {
	case terminal.Rebuild:
		d.jobs.Go(func() { d.Reload(ctx, nil) })
	case terminal.Clear:
		d.terminal.Clear()
	case terminal.Logs:
		if names, err := d.Names(ctx); err == nil {
			d.log.NextOutput(names)
		}
	case terminal.Quit:
		d.Supervisor.Stop()
	case terminal.Help:
		d.report(telemetry.Report{Kind: telemetry.Info, Text: terminal.HelpText})
	}
}
