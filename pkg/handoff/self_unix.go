//go:build unix

package handoff

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/cloudflare/tableflip"
)

// hurry is how long a successor that was asked to end has until it is killed.
func hurry(timeout time.Duration) time.Duration { return min(timeout, 10*time.Second) }

// Self lets a program be succeeded by a new version of its own executable, without a
// moment in which neither is there. tableflip starts the successor and tells when it
// is ready; what is left to it goes over a socket of ours, because descriptors that
// tableflip passes on may come out blocking, for every process that shares them.
//
//	            no predecessor
//	           ┌───────────────┐
//	NewSelf ───┤               ├──Ready──▶ in charge ──Upgrade──▶ succeeded
//	           └─heir──Failed──┘               ▲          │ the successor ended,
//	               │                           └──────────┘ or was too late
//	               └──▶ (the predecessor stays in charge)
//
// There can be one Self in a process. Its methods may be called from any goroutine.
type Self struct {
	upgrader *tableflip.Upgrader
	line     *line // to the predecessor; nil if there is none
	taken    Bequest
	timeout  time.Duration

	gone   chan struct{} // closed when there is no predecessor (any more)
	cancel context.CancelFunc
	jobs   sync.WaitGroup
}

// NewSelf must be called once, early: before any other process is started and before
// the working directory changes. If this process was started by Upgrade, it takes the
// bequest. On Windows the error wraps errors.ErrUnsupported.
func NewSelf(o SelfOptions) (*Self, error) {
	if o.Timeout <= 0 {
		o.Timeout = time.Minute
	}
	if err := nameExecutable(); err != nil {
		return nil, err
	}
	heir := os.Getenv(hasParent) != ""
	if heir {
		// tableflip leaves its own two open for children.
		syscall.CloseOnExec(readyFD)
		syscall.CloseOnExec(namesFD)
	}
	u, err := tableflip.New(tableflip.Options{PIDFile: o.PIDFile, UpgradeTimeout: o.Timeout + hurry(o.Timeout)})
	if err != nil {
		return nil, fmt.Errorf("cannot prepare to be upgraded: %w", err)
	}
	os.Unsetenv(hasParent)
	ctx, cancel := context.WithCancel(context.Background())
	s := &Self{upgrader: u, timeout: o.Timeout, gone: make(chan struct{}), cancel: cancel}
	s.jobs.Go(func() {
		u.WaitForParent(ctx)
		if ctx.Err() == nil {
			close(s.gone)
		}
	})
	if heir {
		if err := s.inherit(); err != nil {
			err = fmt.Errorf("cannot take over from the process before: %w", err)
			s.Failed(err.Error(), "", 1)
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

// What tableflip's child.go and parent.go agree on.
const (
	hasParent = "TABLEFLIP_HAS_PARENT_7DIU3"
	readyFD   = 3
	namesFD   = 4
)

const lineName = "bequest"

func (s *Self) inherit() error {
	f, err := s.upgrader.File(lineName)
	if err != nil {
		return err
	}
	if f == nil {
		return errors.New("it left no line to it")
	}
	if s.line, err = newLine(f); err != nil {
		return err
	}
	if err := s.line.say(said{PID: os.Getpid()}); err != nil {
		return err
	}
	s.taken, err = s.line.take(time.Now().Add(s.timeout))
	return err
}

// Inherited is what the predecessor left; false if there is none. The descriptors
// belong to the caller.
func (s *Self) Inherited() (Bequest, bool) { return s.taken, s.line != nil }

// GivenUp returns a channel that is closed when the predecessor does not want to be
// succeeded any more. Without a predecessor it is nil.
func (s *Self) GivenUp() <-chan struct{} {
	if s.line == nil {
		return nil
	}
	up := make(chan struct{})
	s.jobs.Go(func() {
		if s.line.called() {
			close(up)
		}
	})
	return up
}

// Ready says that this process can be in charge: the PID file is written, and then
// the predecessor begins to leave. If it died meanwhile there is nobody to tell, and
// that is no error. With an error this process is not in charge.
func (s *Self) Ready() error {
	err := s.upgrader.Ready()
	if err == nil || errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return fmt.Errorf("cannot take charge: %w", err)
}

// Failed tells the predecessor why this process is about to exit. Without one it
// does nothing.
func (s *Self) Failed(text, hint string, code int) {
	if s.line == nil {
		return
	}
	s.line.say(said{Failed: text, Hint: hint, Code: code})
}

// Alone is closed when the predecessor has exited, or if there never was one. Until
// then this process cannot be upgraded.
func (s *Self) Alone() <-chan struct{} { return s.gone }

// Close ends what waits. A successor that was started, and is not Ready, is killed.
func (s *Self) Close() {
	s.upgrader.Stop()
	s.cancel()
	if s.line != nil {
		s.line.Close()
	}
	s.jobs.Wait()
}
