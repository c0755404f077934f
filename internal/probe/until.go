package probe

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	attemptTime = 5 * time.Second
	firstPause  = 5 * time.Millisecond
	lastPause   = 250 * time.Millisecond
)

var errAttemptTime = fmt.Errorf("no answer within %v", attemptTime)

// Until repeats the attempt until it succeeds. An attempt may take 5 s; after a
// failed one comes a pause, of 5 ms at first and growing to 250 ms. When ctx ends,
// the error wraps both its cause and the error of the last attempt. An attempt
// that returns an *UnsupportedError is the last.
func Until(ctx context.Context, attempt func(context.Context) error) error {
	var last error
	for pause := firstPause; ctx.Err() == nil; pause = min(2*pause, lastPause) {
		if last = bounded(ctx, attempt); last == nil {
			return nil
		}
		if _, never := errors.AsType[*UnsupportedError](last); never {
			return last
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	if last == nil {
		return context.Cause(ctx)
	}
	return fmt.Errorf("%w; the last attempt: %w", context.Cause(ctx), last)
}

func bounded(ctx context.Context, attempt func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, attemptTime, errAttemptTime)
	defer cancel()
	return attempt(ctx)
}
