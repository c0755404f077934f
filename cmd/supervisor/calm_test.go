package main

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Memory is given back once after each time in which something happened, not during it,
// and not when nothing has happened since.
func TestWhenCalm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		p, calls, ended := &pulse{}, atomic.Int64{}, make(chan struct{})
		go func() { defer close(ended); whenCalm(ctx, p, func() { calls.Add(1) }) }()
		want := func(n int64, after time.Duration, when string) {
			t.Helper()
			time.Sleep(after) // by the clock of the test
			synctest.Wait()
			if got := calls.Load(); got != n {
				t.Errorf("%s: %d times, want %d", when, got, n)
			}
		}
		want(0, time.Hour, "before anything happened")
		for range 10 {
			p.beat()
			want(0, calm/2, "while something happens")
		}
		want(1, calm, "once it is calm")
		want(1, time.Hour, "as long as it is")
		p.beat()
		want(2, calm, "the next time")
		p.beat()
		synctest.Wait()
		stop()
		<-ended
		want(2, calm, "after the end")
	})
}
