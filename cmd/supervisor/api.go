package main

import (
	"context"
	"errors"
	"os"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
)

// Status is the answer to "supervisor status".
func (d *daemon) Status(ctx context.Context) (control.Status, error) {
	st, err := d.status(ctx, d.Count)
	if err != nil {
		return control.Status{}, err
	}
	kept, err := d.Artifacts(ctx)
	if err != nil {
		return control.Status{}, ending(err)
	}
	for i := range st.Services {
		for _, a := range kept[st.Services[i].Name] {
			st.Services[i].Artifacts = append(st.Services[i].Artifacts, artifactStatus(a))
		}
	}
	return st, nil
}

// ending says in the API's words that the supervisor ends.
func ending(err error) error {
	if errors.Is(err, supervise.ErrEnded) {
		return control.ErrEnding
	}
	return err
}

func artifactStatus(a supervise.Artifact) control.Artifact {
	out := control.Artifact{Hash: a.Hash, Built: a.Built, Generation: a.Generation, Rollback: a.Former}
	if !a.Served.IsZero() {
		out.Served = &a.Served
	}
	return out
}

// standing is Status without what takes time to find out.
func (d *daemon) standing(ctx context.Context) (control.Status, error) {
	return d.status(ctx, func([]supervise.Snapshot) {})
}

// Changes is for whoever watches the status.
func (d *daemon) Changes() <-chan struct{} { return d.pulse.wait() }

func (d *daemon) status(ctx context.Context, count func([]supervise.Snapshot)) (control.Status, error) {
	services, err := d.Snapshot(ctx)
	if err != nil {
		return control.Status{}, ending(err)
	}
	count(services)
	d.mu.Lock()
	defer d.mu.Unlock()
	st := control.Status{
		PID: os.Getpid(), Version: version().Version, Mode: string(d.settings.mode), Started: d.started,
		Services: make([]control.Service, 0, len(services)),
	}
	if d.conf != nil {
		st.Config = d.conf.Files
	}
	for _, s := range services {
		one := serviceStatus(s)
		one.Logs = string(logsOf(d.conf, s.Name))
		st.Services = append(st.Services, one)
	}
	return st, nil
}

// Stop is the answer to "supervisor stop".
func (d *daemon) Stop(ctx context.Context) error {
	if d.line.isGone() {
		return d.line.succeeded()
	}
	d.Supervisor.Stop()
	select {
	case <-d.ended:
		return d.line.await(ctx) // one that took over at this moment is not stopped yet
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func serviceStatus(s supervise.Snapshot) control.Service {
	out := control.Service{Name: s.Name, Workers: s.Workers, Configured: s.Configured, Behind: s.Behind, Waiting: s.Waiting, By: s.By}
	switch {
	case !failed(s.Last) && s.Behind:
		out.Reason = s.Last.Reason
	case failed(s.Last):
		out.Reason = string(s.Last.Outcome)
		if s.Last.Reason != "" {
			out.Reason += ": " + s.Last.Reason
		}
	}
	for _, k := range s.Sockets {
		out.Sockets = append(out.Sockets, control.Socket{Name: k.Name, Address: k.Address, Bound: k.Bound, Learnt: k.Learnt})
	}
	for _, g := range s.Generations {
		out.Generations = append(out.Generations, generationStatus(g))
	}
	return out
}

func generationStatus(g supervise.Generation) control.Generation {
	out := control.Generation{
		Number: g.Number, Phase: string(g.Phase), Artifact: g.Artifact, Since: g.Since,
		BuiltIn: control.Millis(g.BuiltIn), ReadyIn: control.Millis(g.ReadyIn), ReadyBy: g.ReadyBy, Status: g.Status, Share: g.Share,
		Connections: g.Connections,
	}
	if !g.Deadline.IsZero() {
		out.Deadline = &g.Deadline
	}
	for _, p := range g.Processes {
		one := control.Process{PID: p.PID, Slot: p.Slot, Phase: string(p.Phase), Started: p.Started, Crashes: p.Crashes}
		one.Usage, one.Ports = usageOf(p.Usage), p.Ports
		if !p.Deadline.IsZero() {
			one.Deadline = &p.Deadline
		}
		out.Processes = append(out.Processes, one)
	}
	return out
}
