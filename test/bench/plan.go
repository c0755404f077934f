//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/load"
)

// plan is how often and how long everything is measured.
type plan struct {
	starts   int           // pairs of a start by fork and exec and one by handoff
	runs     int           // pairs of runs bare and supervised
	run      time.Duration // one of them
	rounds   int           // pairs of times without and with handoffs, for each kind of load
	handoffs int           // in one of them
	idle     time.Duration
}

// thorough takes about four minutes, rough less than one.
func thorough() plan {
	return plan{starts: 150, runs: 120, run: 200 * time.Millisecond, rounds: 3, handoffs: 100, idle: 20 * time.Second}
}

func rough() plan {
	return plan{starts: 25, runs: 24, run: 125 * time.Millisecond, rounds: 2, handoffs: 15, idle: 5 * time.Second}
}

// carryOut measures everything and fills the table.
func (p plan) carryOut(ctx context.Context, b *bench, progress io.Writer) (t table, err error) {
	say := func(what string) { fmt.Fprintln(progress, "measuring", what+" …") }
	say("starts")
	floor, ours, err := b.firstAnswers(ctx, p.starts)
	if err != nil {
		return t, err
	}
	t.starts(floor, ours)
	say("requests per second")
	rates, err := b.throughput(ctx, b.startRun, load.Keepalive, p.runs, p.run)
	if err != nil {
		return t, err
	}
	t.throughput("", rates)
	for _, kind := range []load.Load{load.Keepalive, load.HTTP} {
		say("requests per second, adopted, " + string(kind))
		rates, err := b.throughput(ctx, b.startAdopted, kind, p.runs/2, p.run)
		if errors.Is(err, errors.ErrUnsupported) {
			t.notes = append(t.notes, "adopted: "+err.Error())
			break
		}
		if err != nil {
			return t, err
		}
		t.throughput("adopted, "+string(kind)+", ", rates)
	}
	for _, kind := range []load.Load{load.Keepalive, load.HTTP} {
		say("the worst request, " + string(kind))
		all, err := b.worst(ctx, kind, p.rounds, p.handoffs)
		if err != nil {
			return t, err
		}
		t.worst(kind, p.handoffs, all)
	}
	say("idleness")
	all, err := b.idleness(ctx, p.idle)
	if errors.Is(err, errors.ErrUnsupported) {
		t.notes = append(t.notes, "idle: "+err.Error())
		return t, nil
	}
	t.idle(p.idle, all)
	return t, err
}
