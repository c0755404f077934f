package supervise

import (
	"errors"
	"fmt"
	"net"
	"sync"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
)

// listen takes the messages of one process until it is gone.
func (r *run) listen(child Child, seen signs) {
	spoke := sync.OnceFunc(func() { close(seen.spoke) })
	ready := sync.OnceFunc(func() { close(seen.ready) })
	for {
		m, err := child.Next()
		if err != nil {
			r.deaf(child, seen, err)
			return
		}
		if m.Err == nil && m.PID != 0 && !child.Contains(m.PID) {
			m.Close()
			m.Err = fmt.Errorf("it came from process %d of user %d, which is none of the service's", m.PID, m.UID)
		}
		if m.Err != nil {
			r.s.do(func() {
				r.s.observe(Report{Service: r.v.name, Kind: Notice, Generation: r.generation, PID: child.PID(),
					Text: "ignored a notify message: " + m.Err.Error()})
			})
			continue
		}
		spoke()
		if m.Notice.Ready {
			ready()
		}
		// The loop takes messages in their order, and closes the descriptor of a
		// barrier in its turn.
		if !r.s.do(func() { r.heard(m) }) {
			m.Close()
		}
	}
}

// deaf: nothing is heard of the process any more, which is no news when it is gone.
func (r *run) deaf(child Child, seen signs, err error) {
	if errors.Is(err, net.ErrClosed) {
		return
	}
	seen.deaf <- err
	r.s.do(func() {
		r.s.observe(Report{Service: r.v.name, Kind: Notice, Generation: r.generation, PID: child.PID(),
			Text: "nothing is heard of it any more: " + err.Error()})
	})
}

// heard acts on a message, in the loop.
func (r *run) heard(m handoff.Message) {
	n := m.Notice
	r.v.speaks = true
	if g := r.v.gens[r.generation]; g != nil && n.StatusSet {
		g.status = n.Status
		r.s.changed()
	}
	switch {
	case n.Barrier:
		m.Close()
	case n.Store:
		r.v.table.Keep(m.FDs)
		if refused := r.v.store.Add(m); refused > 0 {
			r.s.observe(Report{Service: r.v.name, Kind: Notice, Generation: r.generation,
				Text: fmt.Sprintf("%d descriptors were not stored: at most %d are kept", refused, handoff.StoreMax)})
		}
		r.s.changed()
	case n.StoreRemove:
		r.v.store.Remove(n.FDName)
		r.s.changed()
	}
	if n.ExtendTimeout > 0 {
		r.s.happen(r.v, lifecycle.Extended{Generation: r.generation, Proc: r.id, By: n.ExtendTimeout})
	}
	if n.Watchdog {
		r.s.happen(r.v, lifecycle.Alive{Generation: r.generation, Proc: r.id})
	}
	if n.WatchdogTrigger {
		r.s.happen(r.v, lifecycle.Ailing{Generation: r.generation, Proc: r.id})
	}
}
