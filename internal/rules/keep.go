package rules

import (
	"context"
	"errors"
	"time"
)

const (
	firstPause = time.Second
	longPause  = 30 * time.Second
	// A command that ran this long before it ended is started again as if for the
	// first time.
	steady = time.Minute
)

var errEnded = errors.New("it ended, and is persistent: it is started again")

// keep runs the command all the time. One that ends is started again after 1 s,
// doubling up to 30 s.
func (r Rule) keep(ctx context.Context, o Observer) {
	pause := firstPause
	for {
		began := time.Now()
		r.once(ctx, o)
		if ctx.Err() != nil {
			return
		}
		o.Failed(r.Name, errEnded)
		if time.Since(began) >= steady {
			pause = firstPause
		}
		select {
		case <-time.After(pause):
			pause = min(2*pause, longPause)
		case <-ctx.Done():
			return
		}
	}
}
