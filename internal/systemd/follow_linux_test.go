package systemd

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/control"
)

func standing(generation int) control.Status {
	return control.Status{Services: []control.Service{{Name: "web", Generations: []control.Generation{{Number: generation, Phase: "serving"}}}}}
}

func TestFollowTellsWhatChanged(t *testing.T) {
	y, m := connect(t, 0)
	ctx, cancel := context.WithCancel(t.Context())
	changed, ended := make(chan struct{}), make(chan struct{})
	n := 0
	go func() {
		defer close(ended)
		m.Follow(ctx, changed, func(context.Context) (control.Status, error) { n++; return standing(n / 2), nil }, func(err error) { t.Error(err) })
	}()
	y.hears("STATUS=web: #0 serves")
	changed <- struct{}{}
	y.hears("STATUS=web: #1 serves")
	changed <- struct{}{} // the same again: nothing to tell
	changed <- struct{}{}
	y.hears("STATUS=web: #2 serves")
	cancel()
	<-ended
}

// While the loop does not answer, systemd hears nothing.
func TestFollowFeedsWhileTheLoopTurns(t *testing.T) {
	y, m := connect(t, 20*time.Millisecond)
	ctx, cancel := context.WithCancel(t.Context())
	asked, turn, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	ask := func(ctx context.Context) (control.Status, error) {
		select {
		case asked <- struct{}{}:
		case <-ctx.Done():
			return control.Status{}, ctx.Err()
		}
		select {
		case <-turn:
			return standing(1), nil
		case <-ctx.Done():
			return control.Status{}, ctx.Err()
		}
	}
	go func() {
		defer close(ended)
		m.Follow(ctx, nil, ask, func(err error) { t.Error(err) })
	}()
	<-asked
	turn <- struct{}{}
	y.hears("WATCHDOG=1")
	y.hears("STATUS=web: #1 serves")
	<-asked
	y.conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	if n, err := y.conn.Read(make([]byte, 100)); err == nil {
		t.Errorf("%d bytes came while the loop hung", n)
	}
	y.conn.SetReadDeadline(time.Now().Add(patience))
	turn <- struct{}{}
	y.hears("WATCHDOG=1")
	cancel()
	<-ended
}

// Neither a question without an answer nor a message that cannot be sent ends it.
func TestFollowGoesOnAfterAFailure(t *testing.T) {
	_, m := connect(t, 0)
	m.socket = "/nowhere"
	ctx, cancel := context.WithCancel(t.Context())
	changed, failures, ended := make(chan struct{}), make(chan error, 3), make(chan struct{})
	n := 0
	ask := func(context.Context) (control.Status, error) {
		if n++; n == 2 {
			return control.Status{}, errors.New("it is busy")
		}
		return standing(n), nil
	}
	go func() {
		defer close(ended)
		m.Follow(ctx, changed, ask, func(err error) { failures <- err })
	}()
	changed <- struct{}{}
	changed <- struct{}{}
	for range 2 {
		if err := <-failures; !strings.Contains(err.Error(), "cannot notify systemd") {
			t.Errorf("the failure is %v", err)
		}
	}
	cancel()
	<-ended
}
