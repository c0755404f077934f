package watch

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrClosed is returned by Update after Close.
var ErrClosed = errors.New("cannot update: the watcher is closed")

// Watcher watches files until it is closed. Its methods may be called from several goroutines.
type Watcher struct {
	batches chan Batch
	notices chan error
	updates chan update
	cancel  context.CancelFunc
	done    chan struct{}
	failure error // of closing the backend; readable once done is closed
}

type update struct {
	set   *set
	reply chan error
}

// Start takes stock of the files and watches them. Every change made after it returns is reported; one made
// while it runs may be. It fails if a pattern is malformed, or if events are not to be had and Poll is PollNever.
func Start(o Options) (*Watcher, error) {
	return start(o, ownSystem())
}

func start(o Options, sys system) (*Watcher, error) {
	s, err := compile(o)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	w := &Watcher{
		batches: make(chan Batch),
		notices: make(chan error, 16),
		updates: make(chan update),
		cancel:  cancel,
		done:    make(chan struct{}),
	}
	k := newKeeper(s, sys, w.notices)
	if k.backend, err = k.reopen(s); err != nil {
		cancel()
		return nil, err
	}
	k.survey(k.meet)
	k.learn(eagerFiles, eagerBytes)
	go w.run(ctx, k)
	return w, nil
}

// Batches returns the channel of batches. A batch that is not taken does not hold the watcher up: later ones
// are merged into it. The channel is closed by Close.
func (w *Watcher) Batches() <-chan Batch { return w.batches }

// Notices returns a channel of conditions worth a line in a log, such as having to poll for want of inotify
// watches. The watcher goes on after each. Notices that nobody takes are dropped after the first 16.
// The channel is closed by Close.
func (w *Watcher) Notices() <-chan error { return w.notices }

// Update watches another set of files. Files that both sets hold lose no change; those
// that are new to the watcher are taken as they are now, so update first and build second.
// On an error the old set stays.
func (w *Watcher) Update(o Options) error {
	s, err := compile(o)
	if err != nil {
		return err
	}
	u := update{set: s, reply: make(chan error, 1)}
	select {
	case w.updates <- u:
		return <-u.reply
	case <-w.done:
		return ErrClosed
	}
}

// Close stops watching and waits until nothing of the watcher is left.
func (w *Watcher) Close() error {
	w.cancel()
	<-w.done
	return w.failure
}

// run is the goroutine that owns the keeper.
func (w *Watcher) run(ctx context.Context, k *keeper) {
	defer close(w.done)
	defer close(w.notices)
	defer close(w.batches)
	defer k.rounds.arm(0)
	defer func() {
		if err := k.backend.close(); err != nil {
			w.failure = fmt.Errorf("cannot close the watcher: %w", err)
		}
	}()
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	armed := false

	always := make(chan struct{})
	close(always)
	for {
		// Events only move the deadline: the timer is looked at again when it fires.
		if k.quiet.open && !armed {
			timer.Reset(time.Until(k.quiet.closes()))
			armed = true
		}
		var out chan<- Batch
		if len(k.pending.Changes) > 0 {
			out = w.batches
		}
		var idle <-chan struct{}
		if len(k.unread) > 0 {
			idle = always
		}
		select {
		case e := <-k.backend.events():
			k.handle(e)
		case <-k.rounds.timer.C:
			k.poll()
		case <-timer.C:
			armed = false
			// What has happened already belongs to the batch, even if we are late.
			select {
			case e := <-k.backend.events():
				k.handle(e)
			default:
				k.expire(time.Now())
			}
		case out <- k.pending:
			k.pending = Batch{}
		case <-idle:
			k.learn(idleFiles, idleBytes)
		case u := <-w.updates:
			u.reply <- k.renew(u.set)
		case <-ctx.Done():
			return
		}
	}
}
