package supervise

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/internal/proc"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
	"github.com/seed-27ba25bb/supervisor/pkg/listener"
)

// spawn starts a process and follows it to its end.
func (s *Supervisor) spawn(v *service, f lifecycle.Spawn) {
	g := v.generation(f.Generation, f.Origin)
	ctx, giveUp := context.WithCancel(context.Background())
	p := &process{slot: f.Slot, life: ctx, giveUp: giveUp}
	g.procs[f.Proc] = p
	stored, release := v.store.Take()
	r := &run{
		s: s, v: v, p: p, generation: f.Generation, id: f.Proc, began: time.Now(),
		speaks: v.speaks || g.spec.protocol().Facts().Speaks,
		launch: Launch{
			Service: g.spec, Generation: f.Generation, Proc: f.Proc, Slot: f.Slot, Artifact: g.artifact,
			Sockets: s.named(g.spec), Stored: stored, StoreMax: handoff.StoreMax,
			Adopt: v.adoption(g.spec),
		},
	}
	if g.spec.Relay != nil {
		r.launch.Sockets, r.launch.Stored, r.launch.StoreMax = nil, nil, 0
	}
	r.launch.Unlinks = r.launch.Adopt != nil && (g.spec.Adopt || r.launch.Adopt.Paths())
	s.jobs.Go(func() { defer giveUp(); r.follow(ctx, release) })
}

// named returns the sockets of a service. They stay open as long as the record of
// a generation names them, so their numbers are good until the process is gone.
func (s *Supervisor) named(spec Service) []handoff.Named {
	var all []handoff.Named
	for _, a := range spec.Sockets {
		if k := s.sockets[place(a)]; k != nil {
			all = append(all, handoff.Named{Name: a.Name, FD: k.FD(), Network: a.Network, Addr: reached(a, k)})
		}
	}
	return all
}

// reached is the address as the settings have it, unless the system chose the port.
func reached(a listener.Address, k Socket) string {
	if strings.HasSuffix(a.Addr, ":0") {
		return k.Bound()
	}
	return a.Addr
}

// run is the life of one process, outside the loop.
type run struct {
	s          *Supervisor
	v          *service
	p          *process
	generation int
	id         int
	launch     Launch
	began      time.Time
	speaks     bool // an earlier process of the service has sent a message
}

// follow starts the process, watches for its readiness and its messages, and
// reports its end when nothing of it is left.
func (r *run) follow(ctx context.Context, release func()) {
	var output io.WriteCloser
	if r.launch.Service.Prefix {
		output = r.s.output(r.v.name, r.generation)
		r.launch.Output = output
	}
	err := r.place()
	var child Child
	if err == nil {
		child, err = r.s.world.Start(ctx, r.launch)
	}
	r.s.do(release)
	if err != nil {
		r.v.relay.Gone(r.passes())
		r.exited(proc.Exit{Code: -1, Reason: err.Error()})
		return
	}
	r.s.do(func() { r.started(child) })
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	signs := newSigns()
	heard := make(chan struct{})
	r.s.jobs.Go(func() { defer close(heard); r.listen(child, signs) })
	r.s.jobs.Go(func() { r.awaitReady(ctx, child, signs) })
	exit := child.Wait()
	r.v.table.Gone(r.owner())
	r.v.relay.Gone(r.passes())
	cancel()
	// What it said last counts before its end: a descriptor that it stored is for
	// the process that takes its place.
	<-heard
	if output != nil {
		output.Close()
	}
	r.exited(exit)
}

// started: what was asked of the process before it was there is done now.
func (r *run) started(child Child) {
	r.p.child = child
	r.v.tellAlone()
	r.s.changed()
	switch {
	case r.p.killed:
		child.Kill()
	case r.p.signaled:
		child.Signal(r.launch.Service.Signal)
	}
}

func (r *run) exited(e proc.Exit) {
	r.s.do(func() {
		g := r.v.gens[r.generation]
		if g == nil {
			return
		}
		delete(g.procs, r.id)
		r.v.tellAlone()
		r.v.stopTimer(lifecycle.Timer{Role: lifecycle.ReadyDeadline, Generation: r.generation, Proc: r.id})
		r.v.stopTimer(lifecycle.Timer{Role: lifecycle.WatchdogSilence, Generation: r.generation, Proc: r.id})
		r.v.stopTimer(lifecycle.Timer{Role: lifecycle.DrainDeadline, Generation: r.generation, Proc: r.id})
		clean := e.Code == 0
		switch {
		case g.phase != lifecycle.Draining && r.p.signaled && !r.p.killed:
			r.s.observe(Report{Service: r.v.name, Kind: Left, Generation: r.generation, PID: r.p.pid(), Took: time.Since(r.p.asksAt)})
		case g.phase == lifecycle.Serving && !r.p.signaled && !(clean && g.spec.Policy.Once):
			r.s.observe(Report{Service: r.v.name, Kind: Crashed, Generation: r.generation, PID: r.p.pid(), Text: e.Reason})
		}
		r.s.happen(r.v, lifecycle.Exited{Generation: r.generation, Proc: r.id, Reason: e.Reason, Uptime: e.Uptime, Clean: clean})
	})
}

func (p *process) pid() int {
	if p.child == nil {
		return 0
	}
	return p.child.PID()
}

func (v *service) process(generation, id int) *process {
	if g := v.gens[generation]; g != nil {
		return g.procs[id]
	}
	return nil
}

// terminate asks a process to drain.
func (s *Supervisor) terminate(v *service, f lifecycle.Terminate) {
	p := v.process(f.Generation, f.Proc)
	if p == nil {
		return
	}
	p.signaled, p.asksAt = true, time.Now()
	if p.child == nil {
		return
	}
	s.aim(v)
	s.quiesce(v, f, p)
}

// askAgain is how long after a signal that could not be sent another one is.
const askAgain = time.Second

func (s *Supervisor) askToDrain(v *service, f lifecycle.Terminate, p *process) {
	err := p.child.Signal(v.gens[f.Generation].spec.Signal)
	if err != nil && !p.refuses {
		s.observe(Report{Service: v.name, Kind: Notice, Generation: f.Generation, PID: p.pid(), Text: fmt.Sprintf("cannot ask it to drain, and tries again: %v", err)})
	}
	p.asked, p.refuses = err == nil, err != nil
	if p.refuses {
		s.askLater(v, f, p)
	}
	s.changed()
}

// askLater tries again what a process would otherwise be killed for at the end of its
// time, with requests in its hands.
func (s *Supervisor) askLater(v *service, f lifecycle.Terminate, p *process) {
	s.jobs.Go(func() {
		timer := time.NewTimer(askAgain)
		defer timer.Stop()
		select {
		case <-p.life.Done():
			return
		case <-timer.C:
		}
		s.do(func() {
			if v.process(f.Generation, f.Proc) == p && !p.killed {
				s.askToDrain(v, f, p)
			}
		})
	})
}

// destroy ends a process tree now.
func (s *Supervisor) destroy(v *service, f lifecycle.Destroy) {
	p := v.process(f.Generation, f.Proc)
	if p == nil || p.killed {
		return
	}
	p.killed = true
	s.observe(Report{Service: v.name, Kind: Killed, Generation: f.Generation, PID: p.pid(), Text: f.Reason})
	if p.child == nil {
		p.giveUp()
		return
	}
	p.child.Kill()
}
