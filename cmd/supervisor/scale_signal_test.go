//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/config"
)

// A signal for one worker more that comes during an upgrade goes to the supervisor that
// has taken over.
func TestScaleDuringUpgrade(t *testing.T) {
	got := make(chan os.Signal, 1)
	signal.Notify(got, syscall.SIGTTIN)
	defer signal.Stop(got)
	l := &line{busy: make(chan struct{}, 1), charge: make(chan struct{}), gone: make(chan struct{}), heir: os.Getpid()}
	close(l.charge)
	l.busy <- struct{}{} // an upgrade is tried
	d := &daemon{settings: &settings{mode: config.Run}, line: l}
	done := make(chan struct{})
	go func() { defer close(done); d.scaleOnSignal(t.Context(), syscall.SIGTTIN) }()
	close(l.gone)
	<-done
	select {
	case <-got:
	case <-time.After(30 * time.Second):
		t.Error("it was lost")
	}
}
