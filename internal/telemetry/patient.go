package telemetry

import (
	"bytes"
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// patience is how long an output that does not take anything holds up those who write
// to it. From then on, until it has taken what waits, lines are dropped and counted.
const patience = 5 * time.Second

// waiting is how many writes may wait; each is one or more lines, 64 KiB as a rule at most.
const waiting = 16

// Patient writes whole lines to an output that may be slow, or stuck: a terminal that
// was stopped with Ctrl-S, a pipe that nobody reads, a disk that is full. It holds a
// writer up for some seconds, and not for ever.
type Patient struct {
	out   io.Writer
	queue chan lines
	done  chan struct{}
	lossy atomic.Bool
	lost  atomic.Int64
	after time.Duration
}

// lines are what waits, or a mark that is closed when all before it is written. Neither
// only wakes the writer.
type lines struct {
	text []byte
	mark chan struct{}
}

// NewPatient writes to out until Close.
func NewPatient(out io.Writer) *Patient { return newPatient(out, patience) }

func newPatient(out io.Writer, after time.Duration) *Patient {
	p := &Patient{out: out, queue: make(chan lines, waiting), done: make(chan struct{}), after: after}
	go p.write()
	return p
}

// Write takes whole lines. It never fails.
func (p *Patient) Write(b []byte) (int, error) {
	p.put(bytes.Clone(b))
	return len(b), nil
}

func (p *Patient) put(b []byte) {
	if !p.lossy.Load() {
		select {
		case p.queue <- lines{text: b}:
			return
		default:
		}
		late := time.NewTimer(p.after)
		defer late.Stop()
		select {
		case p.queue <- lines{text: b}:
			return
		case <-late.C:
			p.lossy.Store(true)
		}
	}
	p.lost.Add(int64(bytes.Count(b, []byte("\n"))))
	// All may have been written at this very moment: then nothing else would have the
	// writer see that lines were dropped.
	select {
	case p.queue <- lines{}:
	default:
	}
}

func (p *Patient) write() {
	defer close(p.done)
	for l := range p.queue {
		switch {
		case l.mark != nil:
			close(l.mark)
		case l.text != nil:
			p.out.Write(l.text) // that it failed can be said nowhere
		}
		if len(p.queue) == 0 {
			p.lossy.Store(false)
			if n := p.lost.Swap(0); n > 0 {
				fmt.Fprintf(p.out, "%d lines are missing here: they could not be written for too long\n", n)
			}
		}
	}
}

// Flush returns when all that was written before has been passed on, or after within.
func (p *Patient) Flush(within time.Duration) {
	mark := make(chan struct{})
	late := time.NewTimer(within)
	defer late.Stop()
	select {
	case p.queue <- lines{mark: mark}:
	case <-late.C:
		return
	}
	select {
	case <-mark:
	case <-late.C:
	}
}

// Close has what waits written, for as long as within. Nobody may write any more. An
// output that is stuck is left behind.
func (p *Patient) Close(within time.Duration) {
	close(p.queue)
	select {
	case <-p.done:
	case <-time.After(within):
	}
}
