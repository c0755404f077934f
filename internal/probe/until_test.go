package probe

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

var errTest = errors.New("test")

func TestUntilPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var at []time.Duration
		err := Until(t.Context(), func(context.Context) error {
			at = append(at, time.Since(start))
			if len(at) < 10 {
				return errTest
			}
			return nil
		})
		want := []time.Duration{0, 5, 15, 35, 75, 155, 315, 565, 815, 1065}
		for i := range want {
			want[i] *= time.Millisecond
		}
		if err != nil || !slices.Equal(at, want) {
			t.Errorf("%v, attempts at %v, want %v", err, at, want)
		}
	})
}

func TestUntilEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		errLate := errors.New("late")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errLate)
		defer cancel()
		start := time.Now()
		err := Until(ctx, func(context.Context) error { return errTest })
		if !errors.Is(err, errLate) || !errors.Is(err, errTest) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("ended after %v", took)
		}
	})
}

func TestUntilEndedBefore(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errTest)
	err := Until(ctx, func(context.Context) error { panic("an attempt") })
	if err != errTest {
		t.Errorf("got %v", err)
	}
}

// An attempt that hangs is ended, and followed by another.
func TestUntilBoundsAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		err := Until(t.Context(), func(ctx context.Context) error {
			if attempts++; attempts == 2 {
				return nil
			}
			<-ctx.Done()
			if context.Cause(ctx) != errAttemptTime {
				t.Errorf("ended by %v", context.Cause(ctx))
			}
			return context.Cause(ctx)
		})
		if err != nil || attempts != 2 {
			t.Errorf("%v after %d attempts", err, attempts)
		}
	})
}

func TestUntilUnsupported(t *testing.T) {
	attempts := 0
	err := Until(t.Context(), func(ctx context.Context) error {
		attempts++
		return TCP(ctx, "unix:///run/s", nil)
	})
	if !errors.Is(err, errors.ErrUnsupported) || attempts != 1 {
		t.Errorf("%v after %d attempts", err, attempts)
	}
}
