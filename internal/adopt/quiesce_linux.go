package adopt

import (
	"context"
	"maps"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// How often the kernel's tables are looked at, which has no events to offer.
const (
	queueTick      = 5 * time.Millisecond
	connectionTick = 50 * time.Millisecond
)

// former is the sockets of a process tree that get no new connections any more.
type former struct {
	t        *Table
	owner    Owner
	contains func(pid int) bool
	ports    []uint16 // of TCP
	udp      bool     // it has sockets of UDP, too
	named    []member // those with a path of unix(7)
}

// Quiesce waits until a process tree, from which new connections have been steered
// away, has none in its queue and no request under way, so that it can be stopped
// whatever it does on a signal. Idle connections are half closed on the way, and
// the server closes them. A tree that nobody has taken the place of is not waited
// for. The error is that of ctx, or says that the kernel does not show its sockets.
func (t *Table) Quiesce(ctx context.Context, o Owner) error {
	f := former{t: t, owner: o}
	t.mu.Lock()
	f.contains = t.trees[o]
	for m, g := range t.left(o) {
		switch {
		case m.dead, g.isAbstract():
		case g.path != "":
			f.named = append(f.named, *m)
		case g.udp:
			f.udp = true
		case !slices.Contains(f.ports, g.addr.Port()):
			f.ports = append(f.ports, g.addr.Port())
		}
	}
	t.mu.Unlock()
	if len(f.ports) == 0 && len(f.named) == 0 && !f.udp || f.contains == nil {
		return nil
	}
	if err := f.drainQueues(ctx); err != nil {
		return err
	}
	if f.udp {
		if err := f.rest(ctx); err != nil {
			return err
		}
	}
	open, err := f.connections()
	if err != nil {
		return err
	}
	named := f.pathConnections(ctx)
	return every(ctx, connectionTick, func() bool {
		idle := named.idle()
		return open.idle() && idle
	})
}

// left are the owner's sockets where new connections go to somebody else's.
func (t *Table) left(o Owner) map[*member]*group {
	all := map[*member]*group{}
	for _, g := range t.groups {
		if !t.yielded && slices.ContainsFunc(g.aimed, func(m *member) bool { return m.Owner == o }) {
			continue
		}
		for _, m := range g.members {
			if m.Owner == o && !m.kept {
				all[m] = g
			}
		}
	}
	return all
}

// drainQueues waits for what had begun before the others were steered away: first
// for the packets that had found the socket by then; then for all handshakes that
// are there, since a handshake belongs to the socket that it began with, and which
// that is cannot be seen; then for the queue that they have gone to. What still
// comes by mistake is turned away before the queue is looked at for the last time.
// A client of a path may have looked that up before the others were, and not come to
// the queue yet: it is given a moment, which its process may not get. The next socket
// is found by itself if the one that it looked up is closed.
func (f former) drainQueues(ctx context.Context) error {
	if len(f.named) > 0 {
		if err := pause(ctx, moment); err != nil {
			return err
		}
	}
	if err := grace(ctx); err != nil {
		return err
	}
	begun, err := f.handshakes()
	if err != nil {
		return err
	}
	err = every(ctx, queueTick, func() bool {
		now, err := f.handshakes()
		if err != nil {
			return false
		}
		maps.DeleteFunc(begun, func(cookie uint64, _ bool) bool { return !now[cookie] })
		return len(begun) == 0
	})
	if err != nil {
		return err
	}
	f.guard()
	if err := grace(ctx); err != nil {
		return err
	}
	return every(ctx, queueTick, func() bool { return f.queued() == 0 })
}

func (f former) handshakes() (map[uint64]bool, error) {
	all := map[uint64]bool{}
	for _, port := range f.ports {
		found, err := sockets(port, handshaking)
		if err != nil {
			return nil, err
		}
		for _, s := range found {
			all[s.cookie] = true
		}
	}
	return all, nil
}

// queued counts the connections that the process has not accepted: of a listening
// socket, tcp_info tells that in place of unacknowledged segments.
func (f former) queued() (n uint32) {
	f.t.mu.Lock()
	defer f.t.mu.Unlock()
	for m, g := range f.t.left(f.owner) {
		if g.udp {
			n += waiting(m.fd)
			continue
		}
		if g.path != "" {
			if arrives(m.fd) {
				n++
			}
			continue
		}
		if info, err := unix.GetsockoptTCPInfo(m.fd, unix.IPPROTO_TCP, unix.TCP_INFO); err == nil && info.State == stateListen {
			n += info.Unacked
		}
	}
	return n
}

const stateListen = 10

func (f former) guard() {
	f.t.mu.Lock()
	defer f.t.mu.Unlock()
	for m, g := range f.t.left(f.owner) {
		if g.tcp() {
			guard(m.fd) // what it prevents is a mishap, so it may fail
		}
	}
}

// share is how much longer it waits between two looks than a look takes: a service
// may have many thousand connections.
const share = 4

// every asks until the answer is yes. The error is that of ctx.
func every(ctx context.Context, tick time.Duration, done func() bool) error {
	for {
		began := time.Now()
		if done() {
			return nil
		}
		if err := pause(ctx, max(tick, share*time.Since(began))); err != nil {
			return err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
