package supervise

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/adopt"
	"github.com/seed-27ba25bb/supervisor/internal/lifecycle"
	"github.com/seed-27ba25bb/supervisor/pkg/handoff"
)

// drainUnsettled is for what nothing is known of but that it runs.
const drainUnsettled = 30 * time.Second

// resume takes over what a former supervisor has left, once it is known what is to
// run. What no settings name any more is there for a moment, to be told to drain.
func (s *Supervisor) resume() {
	all := s.former
	s.former = nil
	for _, f := range all {
		v := s.services[f.Name]
		if v == nil {
			spec := Service{
				Name: f.Name, Same: func(Service) bool { return false },
				Signal: syscall.SIGTERM, Policy: lifecycle.Policy{DrainTimeout: drainUnsettled},
			}
			v = s.newService(spec)
			s.services[f.Name] = v
		}
		s.resumeService(v, f)
	}
}

func (s *Supervisor) resumeService(v *service, f Former) {
	for _, n := range f.Stored {
		v.store.Add(handoff.Message{Notice: handoff.Notice{Store: true, FDName: n.Name}, FDs: []int{n.FD}})
	}
	e := lifecycle.Resumed{Last: f.Last, LastProc: f.LastProc, Staff: f.Staff}
	var runs []func()
	for _, left := range f.Generations {
		d := v.resumed(left)
		if left.Phase == lifecycle.Serving {
			e.Serving = d
		} else {
			e.Draining = append(e.Draining, d)
		}
		if left.Succeeded {
			e.Fallback = d
		}
		for _, p := range left.Processes {
			if !left.Succeeded {
				s.survived(v, d.Number, p)
			}
			runs = append(runs, s.outlived(v, v.gens[d.Number], p))
		}
	}
	v.resumeAdopted(f, e.Serving.Number)
	s.happen(v, e)
	v.served = e.Serving.Artifact
	for _, run := range runs {
		s.jobs.Go(run)
	}
}

// resumeAdopted takes what survivors have bound for themselves.
func (v *service) resumeAdopted(f Former, serving int) {
	if !v.spec.adopts() {
		return
	}
	var trees []adopt.Survivor
	for _, g := range f.Generations {
		if g.Succeeded {
			return // the table has it already
		}
		for _, p := range g.Processes {
			if c, ok := p.Child.(interface{ Members() []int }); ok {
				tree := adopt.Tree{Owner: adopt.Owner{Generation: g.Number, Proc: p.ID}, Contains: p.Child.Contains}
				trees = append(trees, adopt.Survivor{Tree: tree, PIDs: c.Members()})
			}
		}
	}
	var known []adopt.Known
	for _, a := range f.Adopted {
		known = append(known, adopt.Known{Owner: adopt.Owner{Generation: a.Generation, Proc: a.Process}, Inode: a.Inode, Kept: a.Kept, Path: a.Path})
	}
	v.table.Resume(serving, trees, known, f.Others)
}

// resumed makes the records of a generation. It runs by the settings of now, but
// drains as it was started to.
func (v *service) resumed(left FormerGeneration) lifecycle.Generation {
	g := &generation{number: left.Number, spec: v.spec, artifact: left.Artifact, procs: map[int]*process{}}
	if left.Signal != nil {
		g.spec.Signal = left.Signal
	}
	if left.Signal != nil || left.Succeeded {
		g.spec.Policy.DrainTimeout = left.DrainTimeout
	}
	v.gens[left.Number] = g
	d := lifecycle.Generation{
		Number: left.Number, Origin: left.Number, Artifact: left.Artifact.Hash,
		Request: lifecycle.Request{Policy: g.spec.Policy},
	}
	for _, p := range left.Processes {
		one := lifecycle.Proc{ID: p.ID, Slot: p.Slot}
		if p.Leaves {
			one.Phase = lifecycle.ProcStopping
		}
		d.Procs = append(d.Procs, one)
	}
	return d
}

func (s *Supervisor) survived(v *service, generation int, left FormerProcess) {
	s.observe(Report{Service: v.name, Kind: Notice, Generation: generation, PID: left.Child.PID(),
		Text: fmt.Sprintf("taken over: a supervisor that was killed started it %v ago", time.Since(left.Child.Started()).Round(time.Second))})
}

// outlived puts a process on record, and returns what follows it to its end.
func (s *Supervisor) outlived(v *service, g *generation, left FormerProcess) func() {
	ctx, giveUp := context.WithCancel(context.Background())
	p := &process{slot: left.Slot, child: left.Child, asked: left.Asked, life: ctx, giveUp: giveUp}
	g.procs[left.ID] = p
	r := &run{s: s, v: v, p: p, generation: g.number, id: left.ID, began: left.Child.Started()}
	return func() {
		defer giveUp()
		exit := left.Child.Wait()
		v.table.Gone(r.owner())
		r.exited(exit)
	}
}

// recordTime bounds the wait for a disk.
const recordTime = time.Second

// recorded waits until it is on record who serves, before one that did is told to
// drain: if this supervisor is killed meanwhile, the next one must not let that one
// go on, and end the other.
func (s *Supervisor) recorded(ctx context.Context) {
	if s.record == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, recordTime)
	defer cancel()
	s.record(ctx)
}
