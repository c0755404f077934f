package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/config"
	"github.com/seed-27ba25bb/supervisor/pkg/watch"
)

// followSignals does what signals ask for until ctx ends.
func (d *daemon) followSignals(ctx context.Context) {
	var reloads sync.WaitGroup
	defer reloads.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	interrupts, onTerminal := 0, controlled()
	var interrupted time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case sig := <-d.signals:
			if d.line.passOn(sig) {
				continue
			}
			switch actionOf(sig) {
			case reloadAll:
				if d.settings.mode == config.Dev && onTerminal && !controlled() {
					// It was closed, which also says HUP: nothing of dev outlives it.
					d.Supervisor.Stop()
					continue
				}
				// Each is followed in its own goroutine: the newest must be heard while
				// an older one is still on its way.
				reloads.Go(func() { d.reloadOnSignal(ctx, sig) })
			case oneMore, oneLess:
				reloads.Go(func() { d.scaleOnSignal(ctx, sig) })
			case upgradeSelf:
				reloads.Go(func() { d.Upgrade(ctx) })
			case reopenLogs:
				d.reopen()
			case drainAll:
				d.Supervisor.Stop()
			case drainThenKill:
				// A terminal, a wrapper and a script may each pass the same one on.
				if interrupts > 0 && time.Since(interrupted) < bounce {
					continue
				}
				interrupted = time.Now()
				if interrupts++; interrupts > 1 {
					d.Kill()
				} else {
					d.Supervisor.Stop()
				}
			case killAll:
				d.Kill()
			default:
				d.notice(fmt.Sprintf("ignored signal %v: it has no meaning yet", sig))
			}
		}
	}
}

// bounce is how long after an INT another one is taken for the same.
const bounce = 100 * time.Millisecond

// action is what a signal asks for.
type action int

const (
	ignored action = iota
	reloadAll
	drainAll
	drainThenKill
	killAll
	upgradeSelf
	reopenLogs
	oneMore
	oneLess
)

// followConfig puts each save of the config into force.
func (d *daemon) followConfig(ctx context.Context, conf *config.Config) {
	files, err := d.settings.configFiles()
	if err == nil && len(files) == 0 {
		files = conf.Files // one of air, found without being named
	}
	if err != nil || len(files) == 0 {
		return
	}
	w, err := watch.Start(d.configWatch(files, conf))
	if err != nil {
		d.notice(fmt.Sprintf("cannot watch the config: %v", err))
		return
	}
	defer w.Close()
	for {
		select {
		case <-ctx.Done():
			return
		case err := <-w.Notices():
			d.notice(err.Error())
		case <-w.Batches():
			d.reloadChanged(ctx)
			// It may read other files now.
			if err := w.Update(d.configWatch(files, conf)); err != nil {
				d.notice(fmt.Sprintf("cannot watch all of the config: %v", err))
			}
		}
	}
}

// configWatch names all that the config is read from: its files, those that they
// name, and the directory where a drop-in may appear. first is the config as long
// as none is in force.
func (d *daemon) configWatch(files []string, first *config.Config) watch.Options {
	o := watch.Options{
		Dir:         filepath.Dir(files[0]),
		Files:       slices.Clone(files),
		Paths:       []string{"supervisor.d"},
		NoGitignore: true,
	}
	for i, f := range o.Files {
		if abs, err := filepath.Abs(f); err == nil {
			o.Files[i] = abs
		}
	}
	o.Files = append(o.Files, cmp.Or(d.current(), first).Files...)
	return o
}
