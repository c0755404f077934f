package handoff

import (
	"net"
	"sync"
	"time"
)

// members are what a drain waits for: the accepted connections, and calls that may yet bring one.
// A mutex, since every Accept and Close passes here and a goroutine to ask would cost more.
type members struct {
	linger  time.Duration
	grace   time.Duration
	changed chan struct{} // holds one: look again

	mu    sync.Mutex
	conns map[*conn]struct{}
	calls int
}

func newMembers(linger time.Duration) *members {
	return &members{
		linger:  linger,
		grace:   freshGrace,
		changed: make(chan struct{}, 1),
		conns:   map[*conn]struct{}{},
	}
}

func (m *members) wake() {
	select {
	case m.changed <- struct{}{}:
	default:
	}
}

// enter says that a call began which may bring a member; leave says that it ended.
func (m *members) enter() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
}

func (m *members) leave() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls--
	m.wake()
}

func (m *members) add(nc net.Conn) *conn {
	c := &conn{Conn: nc, members: m, since: time.Now()}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.conns[c] = struct{}{}
	return c
}

func (m *members) remove(c *conn) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.conns, c)
	m.wake()
}

func (m *members) gone() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls == 0 && len(m.conns) == 0
}

func (m *members) all() []*conn {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := make([]*conn, 0, len(m.conns))
	for c := range m.conns {
		list = append(list, c)
	}
	return list
}

// retire ends the connections that are due at now in a drain that began at start, and says how long
// after now the next one is; 0 for none.
func (m *members) retire(start, now time.Time) (next time.Duration) {
	for _, c := range m.all() {
		at, ok := c.due(start, m.linger, m.grace)
		if !ok {
			continue
		}
		wait := at.Sub(now)
		if wait <= 0 {
			c.retire()
		} else if next == 0 || wait < next {
			next = wait
		}
	}
	return next
}

// retireWaiting ends every connection that waits for a request.
func (m *members) retireWaiting() {
	for _, c := range m.all() {
		c.retire()
	}
}

// cut closes every connection and returns how many were in use.
func (m *members) cut() int {
	used := 0
	for _, c := range m.all() {
		if c.inUse() {
			used++
		}
		_ = c.Close()
	}
	return used
}
