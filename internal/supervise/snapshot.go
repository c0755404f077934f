package supervise

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/adopt"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
)

// Snapshot is how one service stands.
type Snapshot struct {
	Name        string
	Sockets     []HeldSocket
	By          string            // how the next generation comes in place of the one that serves; "": none does
	Workers     int               // how many are asked for; 0: nothing serves or is on its way
	Configured  int               // how many the settings ask for
	Waiting     int               // connections that wait for a process (relayed ones)
	Behind      bool              // what serves is older than what was asked for
	Last        lifecycle.Verdict // how the last handoff ended
	Generations []Generation      // on its way in, serving, draining, the oldest drain last
}

// HeldSocket is a socket as it is bound.
type HeldSocket struct {
	Name, Address, Bound string
	Learnt               bool // the service bound it for itself
}

// Generation is how one generation stands.
type Generation struct {
	Number    int
	Phase     lifecycle.Phase
	Artifact  string
	Since     time.Time // of the phase
	Deadline  time.Time // of the drain or the canary; zero: none
	Share     int       // of new connections, in percent, during its canary
	BuiltIn   time.Duration
	ReadyIn   time.Duration
	ReadyBy   string
	Status    string // what it said last with STATUS=
	Processes []Process

	// Connections are those that clients have to a generation which drains; nil if that
	// is not known. Count sets it.
	Connections *int
	holds       adopt.Holder
}

// Process is how one process stands.
type Process struct {
	PID     int // 0: it waits to be started
	Slot    int
	Phase   lifecycle.ProcPhase
	Crashes int
	Started time.Time
	// Deadline is of one that leaves while others of its generation stay. Zero: none.
	Deadline time.Time
	Ports    []int       // where it was told to listen, if it is relayed to
	Usage    *proc.Usage // of its tree; nil where the system does not keep account
}

// Snapshot tells how everything stands, in the order of the config; services that
// were removed and still drain come last.
func (s *Supervisor) Snapshot(ctx context.Context) (all []Snapshot, err error) {
	err = s.ask(ctx, func() {
		names := slices.Clone(s.order)
		for name, v := range s.services {
			if !slices.Contains(names, name) && !v.state.Stopped {
				names = append(names, name)
			}
		}
		slices.Sort(names[len(s.order):])
		for _, name := range names {
			if v := s.services[name]; v != nil {
				all = append(all, s.snapshot(v))
			}
		}
	})
	return all, err
}

func (s *Supervisor) snapshot(v *service) Snapshot {
	view := Snapshot{
		Name: v.name, Behind: v.state.Behind, Last: v.last,
		Waiting: v.relay.Held(), Workers: v.state.Workers(), Configured: max(1, v.spec.Policy.Workers), By: v.chosen().by,
	}
	for _, a := range v.spec.Sockets {
		if k := s.sockets[place(a)]; k != nil {
			view.Sockets = append(view.Sockets, HeldSocket{Name: a.Name, Address: a.String(), Bound: k.Bound()})
		}
	}
	for _, l := range v.store.Learnt() {
		view.Sockets = append(view.Sockets, HeldSocket{l.Name, l.Network + "://" + l.Addr.String(), l.Addr.String(), true})
	}
	for _, l := range v.table.Learnt() {
		view.Sockets = append(view.Sockets, HeldSocket{l.Network + "-" + l.Addr, l.Network + "://" + l.Addr, l.Addr, true})
	}
	for _, d := range v.state.Generations() {
		if g := v.gens[d.Number]; g != nil {
			one := v.view(d, g)
			if g.spec.Relay == nil {
				one.holds = s.holds(v, d, g)
			} else if d.Leaving() {
				n := v.relay.Count(g.number)
				one.Connections = &n
			}
			view.Generations = append(view.Generations, one)
		}
	}
	return view
}

func (v *service) view(d lifecycle.Generation, g *generation) Generation {
	view := Generation{
		Number: d.Number, Phase: d.Phase, Artifact: g.artifact.Hash, Since: g.since,
		BuiltIn: g.artifact.Took, ReadyIn: g.readyIn, ReadyBy: g.readyBy, Status: g.status,
	}
	if a := v.timers[lifecycle.Timer{Role: lifecycle.DrainDeadline, Generation: d.Number}]; a != nil {
		view.Deadline = a.at
	}
	if d.Phase == lifecycle.Trying {
		view.Share, _ = v.share()
		if a := v.timers[lifecycle.Timer{Role: lifecycle.CanaryEnd, Generation: d.Number}]; a != nil {
			view.Deadline = a.at
		}
	}
	for _, p := range d.Procs {
		one := Process{Slot: p.Slot, Phase: p.Phase, Crashes: p.Crashes}
		if r := g.procs[p.ID]; r != nil && r.child != nil {
			one.PID, one.Started, one.Usage = r.child.PID(), r.child.Started(), usage(r.child)
			for _, p := range portsOf(r.child).All {
				one.Ports = append(one.Ports, p.Number)
			}
		}
		if a := v.timers[lifecycle.Timer{Role: lifecycle.DrainDeadline, Generation: d.Number, Proc: p.ID}]; a != nil {
			one.Deadline = a.at
		}
		view.Processes = append(view.Processes, one)
	}
	slices.SortFunc(view.Processes, func(a, b Process) int { return cmp.Compare(a.Slot, b.Slot) })
	return view
}
