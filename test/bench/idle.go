//go:build unix

package main

import (
	"context"
	"errors"
	"time"
)

// settle is how long a supervisor has to finish what its start has left to do: in dev the
// next build is prepared, with a linker, and then memory is given back.
const settle = 10 * time.Second

// idle is a supervisor that has nothing to do.
type idle struct {
	mode     string
	resident int64 // bytes
	helpers  int64 // bytes of its guardian
	ticks    int   // of CPU time, over the whole time
	onCPU    time.Duration
}

// idleness watches a supervisor in each mode do nothing, both at once, after a
// handoff.
func (b *bench) idleness(ctx context.Context, d time.Duration) (all []idle, err error) {
	run, err := b.startRun(ctx)
	if err != nil {
		return nil, err
	}
	defer run.stop()
	dev, err := b.startDev(ctx)
	if err != nil {
		return nil, err
	}
	defer dev.stop()
	if err := errors.Join(run.handOff(ctx), dev.handOff(ctx), pause(ctx, settle)); err != nil {
		return nil, err
	}
	all = []idle{{mode: "run"}, {mode: "dev"}}
	pids := []int{run.cmd.Process.Pid, dev.cmd.Process.Pid}
	for i, pid := range pids {
		if err := all[i].begin(pid); err != nil {
			return nil, err
		}
	}
	if err := pause(ctx, d); err != nil {
		return nil, err
	}
	for i, pid := range pids {
		if err := all[i].end(pid); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// begin notes what was used before, as debts.
func (i *idle) begin(pid int) error {
	used, err := ticks(pid)
	on, err2 := onCPU(pid)
	i.ticks, i.onCPU = -used, -on
	return errors.Join(err, err2)
}

func (i *idle) end(pid int) error {
	used, err := ticks(pid)
	on, err2 := onCPU(pid)
	i.ticks += used
	i.onCPU += on
	var err3 error
	i.resident, err3 = resident(pid)
	pids, err4 := helpers(pid)
	for _, h := range pids {
		size, _ := resident(h)
		i.helpers += size
	}
	return errors.Join(err, err2, err3, err4)
}
