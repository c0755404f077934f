package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
)

// line is a supervisor's place in the line of those that succeed each other.
//
//	            first generations serve          a new one is ready
//	(started) ─────────────────────────▶ charge ───────────────────▶ gone ──▶ drains, exits
//	    │ heir: they fail
//	    └──────▶ exits; the one before goes on
//
// One that succeeds nobody is in charge from the start.
type line struct {
	self    *handoff.Self // nil: it cannot be succeeded,
	why     error         // for this reason
	from    *estate       // what the one before has left; nil: there was none
	said    sync.Once     // why it failed
	stirred chan struct{} // something was reported
	busy    chan struct{} // held while an upgrade is tried, and for good by one that succeeded
	charge  chan struct{} // closed when this supervisor is in charge
	gone    chan struct{} // closed when the next one is
	heir    int           // its PID, after gone

	stopped context.Context // ends when this supervisor begins to stop
	stop    context.CancelFunc
}

var errDev = errors.New("cannot upgrade: dev does not replace itself; end it and start it again")

// newLine must come before any process is started. conf is nil if it could not be
// loaded.
func newLine(s *settings, conf *config.Config) (*line, error) {
	l := &line{
		why: errDev, stirred: make(chan struct{}, 1), busy: make(chan struct{}, 1),
		charge: make(chan struct{}), gone: make(chan struct{}),
	}
	l.stopped, l.stop = context.WithCancel(context.Background())
	if s.mode == config.Dev {
		close(l.charge)
		return l, nil
	}
	if err := l.connect(s.pidFile, conf); err != nil {
		return nil, err
	}
	if l.from == nil {
		close(l.charge)
	}
	return l, nil
}

func (l *line) connect(pidFile string, conf *config.Config) (err error) {
	if pidFile != "" {
		if pidFile, err = filepath.Abs(pidFile); err != nil {
			return err
		}
	}
	l.self, err = handoff.NewSelf(handoff.SelfOptions{PIDFile: pidFile, Timeout: upgradesWithin(conf)})
	if errors.Is(err, errors.ErrUnsupported) {
		l.why = err
		return nil
	}
	if err != nil {
		return err
	}
	left, ok := l.self.Inherited()
	if !ok {
		return nil
	}
	if l.from, err = readEstate(left); err != nil {
		l.end(err)
	}
	return err
}

// succeeds reports whether this supervisor is to take over from another.
func (l *line) succeeds() bool { return l.from != nil }

func (l *line) inCharge() bool { return closed(l.charge) }
func (l *line) isGone() bool   { return closed(l.gone) }

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// open is the control socket: that of the supervisor before, or a new one.
func (l *line) open(path string) (*control.Server, error) {
	if !l.succeeds() {
		return control.Listen(path)
	}
	if path != l.from.Control {
		return nil, fmt.Errorf("cannot take over: the control socket is to be %s, and that of the supervisor before is %s", path, l.from.Control)
	}
	return control.Inherit(path, l.from.control)
}

// fail tells the supervisor before, if there is one, why this one does not take over. The
// first reason counts.
func (l *line) fail(text, hint string, code int) {
	if l.self != nil && !l.inCharge() {
		l.said.Do(func() { l.self.Failed(text, hint, code) })
	}
}

// end is for the end of this supervisor, with err as its reason.
func (l *line) end(err error) {
	if err != nil {
		l.fail(err.Error(), hintOf(err), exitCode(err))
	}
	if l.self != nil {
		l.self.Close()
	}
}

// await returns when nobody is about to take over, or with the error for whoever asks
// a supervisor that is not in charge any more.
func (l *line) await(ctx context.Context) error {
	select {
	case <-l.charge:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case l.busy <- struct{}{}:
		<-l.busy
		return nil
	case <-l.gone:
		return l.succeeded()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// idle returns when no upgrade is tried any more: until then there are things to report.
func (l *line) idle() {
	select {
	case l.busy <- struct{}{}:
		<-l.busy
	case <-l.gone:
	}
}

func (l *line) succeeded() error { return &control.SucceededError{PID: l.heir} }

// stir wakes whoever waits for things to change.
func (l *line) stir() {
	select {
	case l.stirred <- struct{}{}:
	default:
	}
}

// tell passes a signal on to the one that is in charge.
func (l *line) tell(sig os.Signal) {
	if p, err := os.FindProcess(l.heir); err == nil {
		p.Signal(sig)
		p.Release()
	}
}

// passOn does so with a signal that came here and is not for this one any more. Those
// of a terminal have reached both.
func (l *line) passOn(sig os.Signal) bool {
	if !l.isGone() || !addressed(sig) {
		return false
	}
	l.tell(sig)
	return true
}
