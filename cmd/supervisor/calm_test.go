package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// Memory is given back once after each time in which something happened, not during it,
// and not when nothing has happened since.
func TestWhenCalm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		p, calls, ended := &pulse{}, 0, make(chan struct{})
		go func() { defer close(ended); whenCalm(ctx, p, func() { calls++ }) }()
		want := func(n int, after time.Duration, when string) {
			t.Helper()
			time.Sleep(after) // by the clock of the test
			synctest.Wait()
			if calls != n {
				t.Errorf("%s: %d times, want %d", when, calls, n)
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
