package relay

import (
	"context"
	"errors"
	"net"
	"time"
)

// Door is a socket at which connections are accepted.
type Door struct {
	Place string // what no two doors share
	Name  string // of the socket, as processes know it
	Open  func() (net.Listener, error)
}

// door is one that is open.
type door struct {
	name string
	l    net.Listener
	shut context.CancelFunc
}

// Open has connections accepted at these doors and no others, and held for so long at
// most. What cannot be opened is an error, the others are open.
func (r *Relay) Open(doors []Door, hold time.Duration) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if hold > 0 {
		r.hold = hold
	}
	wanted := map[string]string{}
	for _, d := range doors {
		wanted[d.Place] = d.Name
	}
	for place, d := range r.doors {
		if wanted[place] != d.name {
			d.close()
			delete(r.doors, place)
		}
	}
	var failed []error
	for _, d := range doors {
		if r.doors[d.Place] != nil || r.closing {
			continue
		}
		l, err := d.Open()
		if err != nil {
			failed = append(failed, err)
			continue
		}
		r.doors[d.Place] = r.accept(d.Name, l)
	}
	return errors.Join(failed...)
}

// Stop accepts no more. What was accepted still goes to a process, of those that are
// there, also to one that leaves.
func (r *Relay) Stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closing {
		return
	}
	r.closing = true
	for place, d := range r.doors {
		d.close()
		delete(r.doors, place)
	}
	r.wake()
}

func (d *door) close() {
	d.shut()
	d.l.Close()
}

func (r *Relay) accept(name string, l net.Listener) *door {
	ctx, shut := context.WithCancel(r.ctx)
	d := &door{name, l, shut}
	r.accepting.Add(1)
	r.jobs.Go(func() {
		defer r.accepting.Add(-1)
		r.follow(ctx, d)
	})
	return d
}

const (
	firstPause = 5 * time.Millisecond
	lastPause  = time.Second
)

// follow accepts until the door is shut. What keeps it from that, such as too many
// open files, passes.
func (r *Relay) follow(ctx context.Context, d *door) {
	pause := firstPause
	for {
		select {
		case r.room <- struct{}{}:
		case <-ctx.Done():
			return
		}
		c, err := d.l.Accept()
		if err == nil {
			pause = firstPause
			r.waiting.Add(1)
			r.jobs.Go(func() { r.serve(c, d.name) })
			continue
		}
		<-r.room
		if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
			return
		}
		r.notice("cannot accept at " + d.l.Addr().String() + ": " + err.Error())
		select {
		case <-time.After(pause):
			pause = min(2*pause, lastPause)
		case <-ctx.Done():
			return
		}
	}
}
