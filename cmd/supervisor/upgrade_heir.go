package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/seed-27ba25bb/supervisor/internal/control"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/supervise"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// takeOver adds what the supervisor before has left to what systemd gave. Until this
// one is in charge the other one speaks with systemd.
func (g *given) takeOver(l *line) {
	if !l.succeeds() {
		return
	}
	g.manager.Silence(true)
	g.sockets.Add(l.from.inherited...)
}

func (l *line) legacies() []supervise.Legacy {
	if l.from == nil {
		return nil
	}
	return l.from.legacies
}

// beside splits the services into those that can run beside what the supervisor before
// has, and those that have to wait until it has ended theirs.
func (l *line) beside(names []string) (now, later []string) {
	alone := map[string]bool{}
	for _, left := range l.legacies() {
		alone[left.Service] = left.Alone != nil
	}
	for _, name := range names {
		if alone[name] {
			later = append(later, name)
		} else {
			now = append(now, name)
		}
	}
	return now, later
}

// takeCharge: everything serves that can. From here on this supervisor is the one that
// holds the sockets, has the PID file, and answers.
func (d *daemon) takeCharge(ctx context.Context) error {
	l := d.line
	if err := d.becomeReady(ctx); err != nil {
		d.Supervisor.Stop()
		return err
	}
	if l.succeeds() {
		d.told(d.Supervisor.Succeed(ctx))
		d.guardian.Dismiss()
		d.given.manager.Silence(false)
		for _, s := range d.unstored {
			d.told(d.given.manager.Store(s))
		}
		d.unstored = nil
		for _, i := range d.given.sockets.Drop() {
			d.told(d.given.manager.Discard(i))
		}
		close(l.charge)
	}
	d.told(d.given.manager.Ready())
	return nil
}

// becomeReady has new connections come here before the supervisor before lets its
// generations drain.
func (d *daemon) becomeReady(ctx context.Context) error {
	if d.line.self == nil {
		return nil
	}
	if d.line.succeeds() {
		if err := d.Supervisor.Steer(ctx); err != nil {
			return errors.Join(err, d.Supervisor.Withdraw(ctx))
		}
	}
	err := d.line.self.Ready()
	if err != nil && d.line.succeeds() {
		d.told(d.Supervisor.Withdraw(ctx))
	}
	return err
}

// denied tells the supervisor before, if there is one, what has become of the first
// generations.
func (d *daemon) denied(names []string, verdicts []lifecycle.Verdict, code int) {
	var all []string
	for i, v := range verdicts {
		if codeOf(v) != exitFine {
			all = append(all, names[i]+": "+string(v.Decisive())+reasonOf(v))
		}
	}
	d.line.fail(strings.Join(all, "; "), "", code)
}

func reasonOf(v lifecycle.Verdict) string {
	if v.Reason == "" {
		return ""
	}
	return ": " + v.Reason
}

// followPredecessor stops when the supervisor before does not want to be succeeded any
// more, and sees to it that what runs is on record when that one's record is gone.
func (d *daemon) followPredecessor(ctx context.Context) {
	if d.line.self == nil {
		return
	}
	select {
	case <-ctx.Done():
	case <-d.line.charge:
		select {
		case <-d.line.self.Alone():
			d.Supervisor.Deserted()
			d.recordSoon()
		case <-ctx.Done():
		}
	case <-d.line.self.GivenUp():
		if !d.line.inCharge() {
			d.line.fail("it was told to end before it was ready", "", exitNotReady)
			d.Supervisor.Stop()
		}
	}
}

// whenInCharge runs f when this supervisor is in charge.
func (d *daemon) whenInCharge(ctx context.Context, f func()) {
	select {
	case <-d.line.charge:
		f()
	case <-ctx.Done():
	}
}

// abandon leaves the control socket to the supervisor before, which goes on.
func (l *line) abandon(server *control.Server) {
	if !l.inCharge() {
		server.Leave()
	}
}

// elsewhere reports whether another supervisor has the same socket, so that to close
// it is all that may happen to it here.
func (l *line) elsewhere(s *listener.Socket) bool {
	return l.isGone() || !l.inCharge() && s.Origin() == listener.Succeeded
}

// careful is the world of a supervisor that may not be in charge: the artifacts of the
// one that is are not to be removed.
type careful struct {
	*supervise.System
	line *line
}

func (c careful) Tidy(s supervise.Service, inUse []string) {
	if c.line.inCharge() && !c.line.isGone() {
		c.System.Tidy(s, inUse)
	}
}

// notifyDir is this process's own: the supervisor that it succeeds has another one.
// What processes that are gone have left is removed.
func notifyDir(place string) (string, error) {
	stem := place + ".notify."
	all, err := os.ReadDir(filepath.Dir(place))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("cannot clean up after a former supervisor: %w", err)
	}
	for _, entry := range all {
		number, ok := strings.CutPrefix(entry.Name(), filepath.Base(stem))
		pid, err := strconv.Atoi(number)
		if !ok || err == nil && pid != os.Getpid() && lives(pid) {
			continue
		}
		if err := os.RemoveAll(stem + number); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("cannot clean up after a former supervisor: %w", err)
		}
	}
	return stem + strconv.Itoa(os.Getpid()), nil
}

// reloadOnSignal: a supervisor that takes over meanwhile is told as well.
func (d *daemon) reloadOnSignal(ctx context.Context, sig os.Signal) {
	_, err := d.Reload(ctx, nil)
	if _, ok := errors.AsType[*control.SucceededError](err); ok {
		d.line.tell(sig)
	}
}

// served reports whether every verdict is one of a handoff that came to its end.
func served(verdicts []lifecycle.Verdict) bool {
	for _, v := range verdicts {
		if v.Decisive() == lifecycle.Ended {
			return false
		}
	}
	return len(verdicts) > 0
}
