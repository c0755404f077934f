package main

import (
	"context"
	"slices"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/telemetry"
)

// eventOf is a report as clients get it.
func eventOf(r telemetry.Report) control.Event {
	e := control.Event{
		Time: r.Time, Event: r.Kind, Message: telemetry.Words(r), Service: r.Service, Generation: r.Generation, PID: r.PID,
		Verdict: string(telemetry.VerdictOf(r.Kind)), Serving: r.Serving, Took: control.Millis(r.Took), Text: r.Text,
	}
	if r.Err != nil {
		e.Err = r.Err.Error()
	}
	for _, p := range r.Problems {
		e.Problems = append(e.Problems, control.Problem{File: p.File, Line: p.Line, Column: p.Column, Message: p.Message})
	}
	return e
}

// heard passes a line of a service, or of a build (0), on to clients.
func (d *daemon) heard(service string, generation int, line string) {
	d.feed.Publish(control.Event{Time: time.Now(), Event: control.EventOutput, Message: line, Service: service, Generation: generation})
}

// Follow is the answer to clients that follow what happens, or ask for the last lines.
func (d *daemon) Follow(_ context.Context, f control.Filter) (*control.Follower, error) {
	conf := d.current()
	var known []string
	var services []config.Service
	if conf != nil {
		services = conf.Services
	}
	for _, s := range services {
		known = append(known, s.Name)
	}
	for _, name := range f.Services {
		if !slices.Contains(known, name) {
			return nil, &control.UnknownServiceError{Service: name, Known: known}
		}
	}
	return d.feed.Follow(f, unkept(services, f)...)
}

// unkept says of which services there is nothing to replay.
func unkept(services []config.Service, f control.Filter) (all []control.Event) {
	for _, s := range services {
		meant := len(f.Services) == 0 || slices.Contains(f.Services, s.Name)
		if f.Output && meant && s.Logs == config.LogsInherit {
			all = append(all, control.Event{
				Time: time.Now(), Event: telemetry.Notice, Service: s.Name,
				Message: "its output goes where the supervisor's goes, and is not seen here: set logs = prefix, json or file:PATH",
			})
		}
	}
	return all
}
