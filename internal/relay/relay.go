package relay

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// DefaultHold is how long a connection waits for a process that takes it.
const DefaultHold = 30 * time.Second

// holdMax is how many connections may wait here. The others wait in the queue of the
// kernel, until one of these is gone.
const holdMax = 1024

// Owner is a process of a generation.
type Owner struct{ Generation, Proc int }

// Relay has the connections of one service. All methods may be called from any
// goroutine.
type Relay struct {
	notice func(string)
	dial   func(ctx context.Context, addr string) (net.Conn, error)
	ctx    context.Context // ends with the service
	end    context.CancelFunc
	jobs   sync.WaitGroup
	late   tally

	room      chan struct{} // has a token of each connection without a process, and of each that may come
	waiting   atomic.Int64  // connections without a process
	accepting atomic.Int64  // doors at which one may come

	mu      sync.Mutex
	doors   map[string]*door
	procs   map[Owner]*process
	past    map[*process]bool // those that are gone, and have connections left
	aimed   []int             // generations that get new connections
	trial   trial             // one that gets a share of them
	hold    time.Duration     // how long a connection waits
	turn    int               // of the processes
	changed chan struct{}     // closed when other processes may take connections
	closing bool              // no more are accepted: what was goes to whoever is left
}

// process is one that connections go to.
type process struct {
	owner  Owner
	ports  Ports
	phase  phase
	at     map[string]string // where it listens, by the name of the socket
	conns  map[*conn]bool
	leaves context.Context // ends when it gets no new connection any more
	leave  context.CancelFunc
	gone   chan struct{} // closed when nothing of it is left
}

type phase int

const (
	starting phase = iota
	ready
	leaving // its place is taken: it has what it has
	asked   // it was told to drain
)

// New returns a relay without sockets. What is worth a line in the log goes to notice,
// from goroutines of the relay.
func New(notice func(string)) *Relay {
	r := &Relay{
		notice: notice, room: make(chan struct{}, holdMax), hold: DefaultHold, dial: dial,
		doors: map[string]*door{}, procs: map[Owner]*process{}, past: map[*process]bool{}, changed: make(chan struct{}),
	}
	r.ctx, r.end = context.WithCancel(context.Background())
	r.late.report = func(n int) { r.notice(expired(n, r.holds())) }
	return r
}

func expired(n int, after time.Duration) string {
	what := "a connection"
	if n > 1 {
		what = fmt.Sprintf("%d connections", n)
	}
	return fmt.Sprintf("closed %s that had waited %v (handoff.hold): no process of the service could take it", what, after)
}

func (r *Relay) holds() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.hold
}

// Add gives a process its ports, one for each of those that are wanted. With proxy it
// gets a header of the PROXY protocol at the beginning of each connection.
func (r *Relay) Add(o Owner, wanted []Port, proxy bool) (Ports, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := map[int]bool{}
	for _, p := range r.procs {
		for _, port := range p.ports.All {
			taken[port.Number] = true
		}
	}
	ports, err := choose(wanted, taken)
	if err != nil {
		return Ports{}, err
	}
	ports.Proxy = proxy
	p := &process{owner: o, ports: ports, at: map[string]string{}, conns: map[*conn]bool{}, gone: make(chan struct{})}
	p.leaves, p.leave = context.WithCancel(r.ctx)
	r.procs[o] = p
	return ports, nil
}

// Await returns when the process listens at all of its ports.
func (r *Relay) Await(ctx context.Context, o Owner) error {
	p := r.process(o)
	if p == nil {
		return errGone
	}
	for _, port := range p.ports.All {
		addr, err := p.ports.await(ctx, port)
		if err != nil {
			return err
		}
		r.mu.Lock()
		p.at[port.Name] = addr
		r.mu.Unlock()
	}
	return nil
}

var errGone = errors.New("the process has ended")

// Missing are the ports at which a process does not listen yet.
func (r *Relay) Missing(o Owner) (all []Port) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p := r.procs[o]; p != nil {
		for _, port := range p.ports.All {
			if p.at[port.Name] == "" {
				all = append(all, port)
			}
		}
	}
	return all
}

func (r *Relay) process(o Owner) *process {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.procs[o]
}

// Ready says that a process can take connections. Await must have returned.
func (r *Relay) Ready(o Owner) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p := r.procs[o]; p != nil && p.phase == starting {
		p.phase = ready
		r.wake()
	}
}

// Gone says that nothing of a process is left.
func (r *Relay) Gone(o Owner) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p := r.procs[o]; p != nil {
		delete(r.procs, o)
		r.past[p] = true
		r.bury(p)
		p.leave()
		close(p.gone)
	}
}

// Aim has new connections go to these generations. Those that have none yet wait.
func (r *Relay) Aim(generations []int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Equal(generations, r.aimed) {
		r.aimed = slices.Clone(generations)
		r.wake()
	}
}

// wake has those that wait look again.
func (r *Relay) wake() {
	close(r.changed)
	r.changed = make(chan struct{})
}

// pick gives a connection to a process, in turn; nil if there is none. changed is
// closed when that may be another one.
func (r *Relay) pick(c *conn) (p *process, changed <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var able []*process
	if r.trial.generation != 0 && r.trial.includes(c.client, r.turn) {
		able = r.able(c.socket, func(p *process) bool { return p.phase == ready && p.owner.Generation == r.trial.generation })
	}
	if len(able) == 0 {
		able = r.able(c.socket, func(p *process) bool { return p.phase == ready && slices.Contains(r.aimed, p.owner.Generation) })
	}
	if len(able) == 0 && r.closing {
		able = r.able(c.socket, func(p *process) bool { return p.phase == ready || p.phase == leaving })
	}
	if len(able) == 0 {
		return nil, r.changed
	}
	r.turn++
	p = able[r.turn%len(able)]
	p.conns[c] = true
	return p, r.changed
}

// able are the processes that may take a connection of a socket, in their order.
func (r *Relay) able(socket string, may func(*process) bool) (all []*process) {
	for _, p := range r.procs {
		if p.at[socket] != "" && may(p) {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b *process) int { return a.owner.Proc - b.owner.Proc })
	return all
}

func (r *Relay) drop(p *process, c *conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(p.conns, c)
	r.bury(p)
}

// bury forgets a process that is gone, when the last of its connections is.
func (r *Relay) bury(p *process) {
	if len(p.conns) == 0 {
		delete(r.past, p)
	}
}

// cut ends what clients have still not read.
func (r *Relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := slices.AppendSeq(slices.Collect(maps.Values(r.procs)), maps.Keys(r.past))
	for _, p := range all {
		for c := range p.conns {
			if c.placed.Load() {
				c.abort()
			}
		}
	}
}

// Count is how many connections a generation has.
func (r *Relay) Count(generation int) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for o, p := range r.procs {
		if o.Generation == generation {
			n += len(p.conns)
		}
	}
	return n
}

// Held is how many connections wait for a process.
func (r *Relay) Held() int { return int(r.waiting.Load()) }

// farewell is how long a client may take to read what a process has said before its
// end.
const farewell = 5 * time.Second

// Close ends what is left, when no process is.
func (r *Relay) Close() {
	r.Stop()
	if n := r.Held(); n > 0 {
		r.notice(fmt.Sprintf("closed what waited for a process when the service was stopped: %d connections", n))
	}
	r.end()
	late := time.AfterFunc(farewell, r.cut)
	r.jobs.Wait()
	late.Stop()
	r.late.wait()
}
