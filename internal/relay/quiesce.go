package relay

import (
	"context"
	"maps"
	"time"
)

const (
	// tick is how often connections are looked at of a process that is to leave.
	tick = 20 * time.Millisecond
	// share is how much longer it waits than a look takes: there may be many thousand.
	share = 4
)

// Quiesce waits until a process, which gets no new connections from now on, has no
// request under way, so that it can be stopped whatever it does on a signal. Idle
// connections are ended on the way: it is told that the client has closed them. The
// error is that of ctx.
func (r *Relay) Quiesce(ctx context.Context, o Owner) error {
	p := r.process(o)
	if p == nil {
		return nil
	}
	r.release(p)
	for {
		began := time.Now()
		if r.idle(p) {
			return nil
		}
		select {
		case <-time.After(max(tick, share*time.Since(began))):
		case <-p.gone:
			return nil
		case <-ctx.Done():
			r.give(p)
			return ctx.Err()
		}
	}
}

// release takes a process out of those that get new connections.
func (r *Relay) release(p *process) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p.phase != asked {
		p.phase = leaving
	}
	if !r.closing {
		p.leave()
	}
}

// give ends it for good.
func (r *Relay) give(p *process) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p.phase = asked
	p.leave()
}

// idle retires connections that are idle, and reports whether none is left that a
// request may be under way on. Then the process gets none any more, whatever happens.
func (r *Relay) idle(p *process) bool {
	all, settled := r.decided(p)
	if !settled {
		return false
	}
	done := true
	for c := range all {
		done = c.done() && done
	}
	return done && r.ask(p, all)
}

// decided are the connections of a process. Until all that were accepted have one, more
// may come.
func (r *Relay) decided(p *process) (all map[*conn]bool, settled bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(p.conns), !r.closing || !r.undecided()
}

// ask ends it for a process that is done with these connections, if it has got no other
// one meanwhile.
func (r *Relay) ask(p *process, done map[*conn]bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range p.conns {
		if !done[c] {
			return false
		}
	}
	p.phase = asked
	p.leave()
	return true
}

// undecided reports whether a connection that was accepted may still come to a process
// that is about to leave.
func (r *Relay) undecided() bool { return r.accepting.Load() > 0 || r.waiting.Load() > 0 }

// done reports whether the process is through with a connection.
func (c *conn) done() bool {
	if !c.placed.Load() {
		return false
	}
	if at := c.retired.Load(); at != nil {
		return time.Since(*at) > stubborn
	}
	t := c.talk()
	if t.busy() {
		return false
	}
	if t.processAnswered {
		return true
	}
	c.ask(t)
	return false
}
