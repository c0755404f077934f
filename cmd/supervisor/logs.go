package main

import (
	"slices"
	"strings"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/logger"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
	"github.com/seed-27ba25bb/supervisor/internal/telemetry"
)

// shown reports whether the output of a service is shown by this process. In production
// that is not so: its services must be able to go on without it.
func (d *daemon) shown(c config.Service) bool {
	lines := c.Logs == config.LogsPrefix || c.Logs == config.LogsJSON
	return lines && (d.settings.mode == config.Dev || !logger.Supported)
}

// sunk reports whether the logger takes the output of a service.
func (d *daemon) sunk(c config.Service) bool { return c.Logs != config.LogsInherit && !d.shown(c) }

// sink is where a process of such a service writes.
func (d *daemon) sink(l supervise.Launch) (supervise.Sink, error) {
	c, _ := l.Service.Origin.(config.Service)
	s := logger.Sink{Service: c.Name, Generation: l.Generation, File: c.LogFile(), Mode: d.look.Mode, Color: d.look.Color}
	if c.Logs == config.LogsJSON {
		s.Mode = telemetry.JSON
	}
	for _, name := range d.look.Services {
		s.Width = max(s.Width, len(name))
	}
	t, err := d.logger.Attach(s)
	if err != nil {
		return nil, err
	}
	return t, nil
}

// writer is what shows the output of a service that this process shows.
func (d *daemon) writer(service string) *telemetry.Logger {
	if logsOf(d.current(), service) == config.LogsJSON && d.look.Mode != telemetry.JSON {
		return d.objects
	}
	return d.log
}

// logsOf is where the output of a service goes.
func logsOf(conf *config.Config, service string) config.Logs {
	if conf != nil {
		for _, c := range conf.Services {
			if c.Name == service {
				return c.Logs
			}
		}
	}
	return config.LogsInherit
}

// unheard: lines were written that nobody can be told.
func (d *daemon) unheard(service string, generation, lines int) {
	d.feed.Publish(control.Missed(service, generation, lines))
}

// reopen is what USR1 asks for.
func (d *daemon) reopen() {
	var files []string
	if conf := d.current(); conf != nil {
		for _, c := range conf.Services {
			if f := c.LogFile(); f != "" && !slices.Contains(files, f) {
				files = append(files, f)
			}
		}
	}
	d.logger.Reopen()
	if len(files) == 0 {
		d.notice("USR1 has nothing to reopen: no service has logs = file:PATH")
		return
	}
	d.info("log files reopened: " + strings.Join(files, ", "))
}
