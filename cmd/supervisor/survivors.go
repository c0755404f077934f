package main

import (
	"context"
	"errors"
	"slices"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/succession"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// recordSuffix follows the path of the control socket.
const recordSuffix = ".state"

// succeed takes over what a supervisor that was killed in this place has left, and
// has what runs from now on recorded. In dev nothing outlives the supervisor.
func (d *daemon) succeed() (former []supervise.Former) {
	if d.settings.mode == config.Dev {
		return nil
	}
	path := d.place + recordSuffix
	var record *succession.Record
	var err error
	// While the supervisor lives whose place this one is to take, the record is its.
	if !d.line.succeeds() {
		if record, err = succession.Read(path); err != nil {
			d.notice(err.Error())
		}
	}
	if d.keeper, err = succession.NewKeeper(path, record); err != nil {
		if !errors.Is(err, errors.ErrUnsupported) {
			d.notice(err.Error())
		}
		return nil
	}
	d.system.Family = d.keeper.Family()
	if record == nil {
		return nil
	}
	left := record.TakeOver(d.given.has)
	for _, p := range left.Problems {
		d.notice(p.Error())
	}
	d.given.sockets.Add(left.Sockets...)
	return left.Services
}

// has reports whether the socket of that key came open.
func (g given) has(key string) bool {
	return slices.ContainsFunc(g.sockets.Left(), func(i listener.Inherited) bool { return i.Ours && i.Name == key })
}

// keep records what runs, from the moment on at which all that was left has been
// taken over: until then the record of the former supervisor counts.
func (d *daemon) keep(ctx context.Context) {
	if d.keeper == nil {
		return
	}
	if d.line.inCharge() {
		// Before the first process starts: it must not be found alone with the sockets.
		if now, err := d.Standing(ctx); err == nil {
			d.told(d.keeper.Save(now))
		}
		d.keeper.Begin()
	}
	d.keeper.Changed()
	d.jobs.Go(func() {
		d.whenInCharge(ctx, func() { d.keeper.Follow(ctx, d.Standing, d.told) })
	})
}

// recordSoon wakes whoever records, and whoever watches. It is called in the
// supervisor's loop.
func (d *daemon) recordSoon() {
	d.pulse.beat()
	if d.keeper != nil {
		d.keeper.Changed()
	}
}

// record waits until what runs is on record.
func (d *daemon) record(ctx context.Context) {
	if d.keeper != nil {
		d.keeper.Sync(ctx)
	}
}

// unrecord is for the end of everything.
func (d *daemon) unrecord() {
	if d.keeper != nil {
		d.keeper.Remove()
	}
}

// goesOn reports whether something serves nevertheless: what survived another
// supervisor does, whatever became of its successor.
func goesOn(v lifecycle.Verdict) bool { return v.Serving != 0 && v.Decisive() != lifecycle.Ended }
