package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
	"github.com/seed-27ba25bb/supervisor/internal/systemd"
	"github.com/seed-27ba25bb/supervisor/internal/telemetry"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// given is what this process was started with by whoever manages it.
type given struct {
	manager *systemd.Manager      // nil without systemd
	sockets *listener.Inheritance // open already
}

// receive takes what there is. It must be called before any other process is started.
func receive() (g given, err error) {
	g.sockets = &listener.Inheritance{}
	if g.manager, err = systemd.Connect(); err != nil {
		return g, &beginError{err}
	}
	inherited, err := systemd.Inherited()
	if err != nil {
		return g, &beginError{err}
	}
	g.sockets.Add(inherited...)
	return g, nil
}

// open takes an inherited socket in place of opening one, and has systemd keep it
// for the supervisor that may have to follow this one.
func (d *daemon) open(ctx context.Context, a listener.Address) (supervise.Socket, error) {
	s, err := d.given.sockets.Open(ctx, a)
	if err != nil {
		return nil, err
	}
	if !d.line.inCharge() && s.Origin() == listener.Opened {
		d.unstored = append(d.unstored, s)
	}
	d.told(d.given.manager.Store(s))
	return &keptSocket{s, d}, nil
}

// keptSocket is one of which systemd keeps a copy.
type keptSocket struct {
	*listener.Socket
	d *daemon
}

func (k *keptSocket) Close() error {
	if k.d.line.elsewhere(k.Socket) {
		k.Leave()
		return k.Socket.Close()
	}
	k.d.told(k.d.given.manager.Forget(k.Address()))
	return k.Socket.Close()
}

// unclaimed tells of sockets that came from systemd and that the config does not
// name. They stay open: the next config may.
func (d *daemon) unclaimed() {
	for _, i := range d.given.sockets.Left() {
		if !i.Ours {
			d.notice(fmt.Sprintf("nobody wants the inherited socket %v: name it in listen, or remove it from the .socket unit", i))
		}
	}
	// What an earlier supervisor left in the store for an address that the config no
	// longer names: clients would connect there, and wait for nobody.
	for _, i := range d.given.sockets.Drop() {
		d.told(d.given.manager.Discard(i))
	}
}

// told reports that the service manager could not be.
func (d *daemon) told(err error) {
	if err != nil {
		d.notice(err.Error())
	}
}

func (d *daemon) notice(text string) {
	d.report(telemetry.Report{Kind: telemetry.Notice, Time: time.Now(), Text: text})
}

func (d *daemon) info(text string) {
	d.report(telemetry.Report{Kind: telemetry.Info, Time: time.Now(), Text: text})
}

// refused tells the service manager why a reload came to nothing.
func (d *daemon) refused(err error) {
	if err != nil && !errors.Is(err, supervise.ErrEnded) {
		d.told(d.given.manager.Status("reload refused: " + err.Error()))
	}
}

// someMore is room for what takes time beside what the config bounds.
const someMore = time.Minute

// beginsWithin is how long the first generations may take.
func beginsWithin(conf *config.Config) (longest time.Duration) {
	for _, s := range conf.Services {
		longest = max(longest, s.Build.Timeout+s.Ready.Longest())
	}
	return longest + someMore
}

// endsWithin is how long the last ones may take to drain.
func endsWithin(conf *config.Config) (longest time.Duration) {
	if conf == nil {
		return someMore // it was told to stop before it began
	}
	for _, s := range conf.Services {
		longest = max(longest, s.Drain.Timeout)
	}
	return longest + someMore
}
