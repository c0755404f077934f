package supervise

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/probe"
)

// checkTime is how long the answer to a check may take.
const checkTime = 5 * time.Second

var errCheckTime = fmt.Errorf("no answer within %v", checkTime)

// otherPause is how long to wait after another generation took the connection.
const otherPause = 20 * time.Millisecond

// Check asks by HTTP, until one of the processes takes the connection, or has the
// command say of each of them how it is.
func (y *System) Check(ctx context.Context, s Service, all []Child) error {
	if s.Ready.Check == "http" && !s.Ready.Own {
		return checkHTTP(ctx, s, all)
	}
	for _, c := range all {
		if err := answer(ctx, func(ctx context.Context) error {
			if s.Ready.Check == "http" {
				return probe.HTTPOn(ctx, s.Ready.HTTP, dialed(c))
			}
			return probe.Exec(ctx, s.Ready.Exec, s.Dir, asked(s, c))
		}); err != nil {
			return err
		}
	}
	return nil
}

func answer(ctx context.Context, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, checkTime, errCheckTime)
	defer cancel()
	return ask(ctx)
}

// checkHTTP repeats what says nothing of these processes: an answer by others, that
// listen at the same address. On a busy machine those may take many connections in a
// row, which is no fault of the new ones: it goes on until ctx ends.
func checkHTTP(ctx context.Context, s Service, all []Child) error {
	belongs := func(pid int) bool {
		return slices.ContainsFunc(all, func(c Child) bool { return c.Contains(pid) })
	}
	for {
		err := answer(ctx, func(ctx context.Context) error { return probe.HTTP(ctx, s.Ready.HTTP, belongs) })
		if err == nil || !errors.Is(err, probe.ErrOther) && !errors.Is(err, probe.ErrNotFound) {
			return err
		}
		if pause(ctx, otherPause) != nil {
			return fmt.Errorf("%w: %w", context.Cause(ctx), err)
		}
	}
}
