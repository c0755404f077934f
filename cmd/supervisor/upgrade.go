package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
)

// Upgrade is the answer to "supervisor upgrade": the executable, as its file is now,
// takes over with everything that this supervisor holds. It waits for a handoff that
// is under way, and for the supervisor before this one to have drained. A reload that
// comes meanwhile waits, and goes to whoever is in charge then; a stop ends the
// upgrade; a second upgrade is refused.
func (d *daemon) Upgrade(ctx context.Context) (control.Upgraded, error) {
	l := d.line
	if l.self == nil {
		return control.Upgraded{}, d.refuse(&control.UpgradeError{Text: l.why.Error(), Tip: hintOf(l.why)})
	}
	select {
	case <-l.gone:
		return control.Upgraded{}, l.succeeded()
	case l.busy <- struct{}{}:
	default:
		return control.Upgraded{}, d.refuse(&control.UpgradeError{Text: "cannot upgrade: an upgrade is under way already", Tip: "wait for its end, and ask again"})
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(l.stopped, cancel)()
	pid, err := d.upgrade(ctx)
	if err != nil {
		<-l.busy // before it is said: who hears it may ask again at once
		return control.Upgraded{}, d.refuse(refusedUpgrade(err))
	}
	d.leave(pid)
	return control.Upgraded{PID: pid}, nil
}

func (d *daemon) upgrade(ctx context.Context) (pid int, err error) {
	select {
	case <-d.line.charge:
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
	select {
	case <-d.line.self.Alone():
	default:
		d.notice("the upgrade waits for the supervisor before this one, which still drains")
	}
	select {
	case <-d.line.self.Alone():
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
	d.Deserted() // what that one has left need not be left once more
	what, err := d.settled(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { <-d.configuring }()
	defer what.Close()
	defer func() {
		if err != nil {
			d.Reclaim()
		}
	}()
	b, done, err := d.bequest(what)
	if err != nil {
		return 0, err
	}
	defer done()
	d.notice("starting " + os.Args[0] + " to take over")
	return d.line.self.Upgrade(ctx, b)
}

// settled returns what there is to leave when no handoff is under way, with the config
// held as it is.
func (d *daemon) settled(ctx context.Context) (supervise.Heritage, error) {
	for {
		select {
		case d.configuring <- struct{}{}:
		case <-ctx.Done():
			return supervise.Heritage{}, context.Cause(ctx)
		}
		e, err := d.Bequeath(ctx)
		if err == nil {
			return e, nil
		}
		<-d.configuring
		if !errors.Is(err, supervise.ErrBusy) {
			return e, err
		}
		select {
		case <-d.line.stirred:
		case <-ctx.Done():
			return e, context.Cause(ctx)
		}
	}
}

// leave: another supervisor is in charge. All that is left to do is to drain.
func (d *daemon) leave(pid int) {
	d.line.heir = pid
	d.given.manager.Silence(true)
	d.unrecord()
	d.server.Leave()
	d.notice(fmt.Sprintf("supervisor %d has taken over: this one drains what it has, and ends", pid))
	close(d.line.gone)
	if d.line.stopped.Err() != nil {
		d.line.tell(terminate) // it was meant for whoever is in charge
	}
	d.Yield()
	d.Supervisor.Stop()
}

// refuse tells the log as well: a signal has no answer.
func (d *daemon) refuse(err error) error {
	d.notice(err.Error())
	return err
}

// refusedUpgrade says why the old supervisor stays in the terms of the API.
func refusedUpgrade(err error) error {
	var tried *handoff.UpgradeError
	switch {
	case errors.As(err, &tried):
		return &control.UpgradeError{Text: tried.Error(), Tip: tried.Hint(), Config: tried.Code == exitUsage}
	case errors.Is(err, supervise.ErrEnded), errors.Is(err, context.Canceled):
		return &control.UpgradeError{Text: "cannot upgrade: the supervisor was told to stop"}
	}
	return &control.UpgradeError{Text: fmt.Sprintf("cannot upgrade: %v", err), Tip: hintOf(err)}
}

// upgradesWithin is how long a new supervisor may take until its first generations
// serve.
func upgradesWithin(conf *config.Config) (longest time.Duration) {
	if conf == nil {
		return someMore
	}
	for _, s := range conf.Services {
		within := s.Ready.Longest()
		if s.Package != "" || s.Build.Command != "" {
			within += s.Build.Timeout
		}
		longest = max(longest, within)
	}
	return longest + someMore
}
