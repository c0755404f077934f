package supervise

import (
	"context"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/adopt"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/relay"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
	"github.com/seed-27ba25bb/supervisor/pkg/rebuild"
)

// service is one service as the loop knows it. What is decided stands in state;
// the rest is what effects need.
type service struct {
	name     string
	spec     Service // the newest settings: what the next generation is made with
	state    lifecycle.State
	gens     map[int]*generation
	timers   map[lifecycle.Timer]*alarm
	store    handoff.Store // what processes left for the next generation
	speaks   bool          // a process of it has sent a message: it speaks notify
	advised  bool          // how to do better was said
	told     bool          // how it is handed off was said
	last     lifecycle.Verdict
	served   string        // the artifact that serves, or did last
	filed    chan struct{} // closed when what was to be recorded last is
	buildErr error         // why the last build failed
	reborn   *Service      // it was removed, and is wanted again once it is gone

	lonely     bool            // it was left as one that must be alone
	yielded    bool            // another supervisor gets the new connections
	before     *Alone          // what another supervisor runs, until Succeed
	table      *adopt.Table    // what processes bound for themselves
	relay      *relay.Relay    // connections that are passed on
	relays     relays          // what it was told last
	aimed      direction       // of the new connections where they are steered
	stopsFirst bool            // why it does was said
	untried    bool            // that its versions are not tried was said
	patience   context.Context // ends when the service is to end: nobody is waited for
	hurry      context.CancelFunc

	unwatch context.CancelFunc
	built   chan struct{} // tells the watcher that a build has ended
}

// generation is what effects need to know of one, kept as long as the state needs it.
type generation struct {
	number      int
	spec        Service
	artifact    rebuild.Artifact
	cancelBuild context.CancelFunc
	procs       map[int]*process
	since       time.Time // of the phase
	phase       lifecycle.Phase
	began       time.Time // the first process was started
	readyIn     time.Duration
	readyBy     string
	told        bool // that it is ready
	status      string
}

// process is one process of a generation.
type process struct {
	slot     int
	child    Child     // nil until it has been started
	signaled bool      // it was asked to drain before it was there
	asked    bool      // it has been sent the signal to drain
	refuses  bool      // the signal could not be sent, and will be again
	asksAt   time.Time // when it was decided that it drains
	killed   bool
	life     context.Context    // ends with the process
	giveUp   context.CancelFunc // ends a start that hangs
}

func (s *Supervisor) newService(spec Service) *service {
	patience, hurry := context.WithCancel(context.Background())
	return &service{
		table: s.table(spec.Name), relay: s.newRelay(spec.Name), patience: patience, hurry: hurry,
		name: spec.Name, spec: spec, gens: map[int]*generation{},
		timers: map[lifecycle.Timer]*alarm{}, built: make(chan struct{}, 1),
	}
}

// generation returns the record of g, made from the origin's if it restores one.
func (v *service) generation(number, origin int) *generation {
	if g := v.gens[number]; g != nil {
		return g
	}
	g := &generation{number: number, spec: v.spec, procs: map[int]*process{}}
	if o := v.gens[origin]; o != nil {
		g.spec, g.artifact = o.spec, o.artifact
	}
	v.gens[number] = g
	return g
}

// forget drops the records that nothing can ask for any more.
func (v *service) forget() {
	for n := range v.gens {
		if !v.state.Needs(n) {
			delete(v.gens, n)
		}
	}
}
