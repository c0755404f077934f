package load

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"
)

const (
	// afterFailure keeps a worker from drowning a machine whose service is gone.
	afterFailure = 10 * time.Millisecond
	// maxTries is how many connections may end before one request is a loss:
	// a held one, and a new one that a draining process had just accepted.
	maxTries = 3
)

// A result is one request, or one held connection that ended.
type result struct {
	answer
	took time.Duration
	err  error
}

type worker struct {
	client   client
	number   int
	tickets  *atomic.Int64 // requests begun by all workers
	max      int64
	interval time.Duration // between the beginnings of two requests; 0 is none
	offset   time.Duration // spreads the workers over an interval
	results  chan<- result
}

func newWorker(c Config, number int, tickets *atomic.Int64, results chan<- result) *worker {
	w := &worker{client: loads[c.Load].client(c), number: number, tickets: tickets, max: c.Max, results: results}
	if c.Rate > 0 {
		w.interval = time.Duration(float64(c.Workers) / c.Rate * float64(time.Second))
		w.offset = w.interval * time.Duration(number) / time.Duration(c.Workers)
	}
	return w
}

func (w *worker) run(ctx context.Context) {
	defer w.client.close()
	next := time.Now().Add(w.offset)
	for until(ctx, next) {
		n := w.tickets.Add(1)
		if w.max > 0 && n > w.max {
			return
		}
		begun := time.Now()
		res := w.request(ctx, n)
		if res.err != nil {
			next = time.Now().Add(afterFailure)
		}
		// A worker that is late does not catch up: that would be a burst.
		next = latest(next, begun.Add(w.interval))
	}
}

// request asks until it gets an answer or loses one. A connection that ended
// cleanly took no request with it, so the same one is asked on the next, but
// not for ever: a server that ends every connection does not serve.
func (w *worker) request(ctx context.Context, n int64) result {
	id := strconv.Itoa(w.number) + "-" + strconv.FormatInt(n, 10)
	for try := 1; ; try++ {
		res := w.once(id)
		if errors.Is(res.err, errEnded) && try == maxTries {
			res.err = &badAnswer{Other, fmt.Sprintf("the server ended %d connections in a row without an answer", maxTries)}
		}
		w.results <- res
		if !errors.Is(res.err, errEnded) || ctx.Err() != nil {
			return res
		}
	}
}

func (w *worker) once(id string) result {
	begun := time.Now()
	got, err := w.client.ask(id)
	if got.start.IsZero() {
		got.start = begun
	}
	return result{answer: got, took: time.Since(got.start), err: err}
}

// until waits for t, and is false when ctx ended first.
func until(ctx context.Context, t time.Time) bool {
	if ctx.Err() != nil {
		return false
	}
	wait := time.Until(t)
	if wait <= 0 {
		return true
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
