//go:build unix

package handoff

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Upgrade starts this process's executable, as the file is now, with the same
// arguments and environment, leaves it b, and returns its PID when it is Ready: from
// then on it is in charge, and this process must do nothing but finish what it has.
//
// With an error, an *UpgradeError, nothing has changed: the file is missing or cannot
// be executed, the successor exited, took longer than SelfOptions.Timeout, or ctx ended;
// then it is asked to end, and if it has to be killed no other Upgrade is possible.
// Whatever it started has been told to end by then only if it sees to that itself,
// see GivenUp.
//
// One Upgrade at a time is possible, none before Ready, and none while the
// predecessor runs, see Alone.
func (s *Self) Upgrade(ctx context.Context, b Bequest) (pid int, err error) {
	if os.Getpid() == 1 {
		return 0, &UpgradeError{Err: errFirst}
	}
	if _, err := exec.LookPath(os.Args[0]); err != nil {
		return 0, &UpgradeError{Err: fmt.Errorf("cannot start %s: %w", os.Args[0], errors.Unwrap(err))}
	}
	ours, theirs, err := newLines()
	if err != nil {
		return 0, &UpgradeError{Err: err}
	}
	defer theirs.Close()
	if err := s.upgrader.AddFile(lineName, theirs); err != nil {
		ours.Close()
		return 0, &UpgradeError{Err: err}
	}
	asker := ctx
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	a := attempt{line: ours, over: make(chan struct{})}
	a.begin(ctx, b)
	a.jobs.Go(func() { s.hurry(asker, a.over) })
	err = s.start()
	timely := ctx.Err()
	last := a.end(theirs)
	if err == nil {
		return last.PID, nil
	}
	if a.unsent != nil {
		return 0, &UpgradeError{Err: fmt.Errorf("cannot leave the new program what is held here: %w", a.unsent)}
	}
	if errors.Is(timely, context.DeadlineExceeded) {
		err = fmt.Errorf("it was not ready after %v", s.timeout)
	}
	if last.Failed == "" && strings.Contains(err.Error(), " exited") { // tableflip has no other name for it
		last.Hint = "it ended before it could say why: its last words are where the output of this process goes"
	}
	return 0, &UpgradeError{Text: last.Failed, Tip: last.Hint, Code: last.Code, Err: plain(err)}
}

// start has tableflip start the successor. It learns that the predecessor has exited by
// a select in which a request may win, even after WaitForParent has returned.
func (s *Self) start() error {
	err := s.upgrader.Upgrade()
	for err != nil && err.Error() == "parent hasn't exited" && s.alone() {
		runtime.Gosched()
		err = s.upgrader.Upgrade()
	}
	return err
}

// hurry kills the successor that nobody waits for any more. tableflip can do so at its
// own deadline, or for good.
func (s *Self) hurry(ctx context.Context, over <-chan struct{}) {
	select {
	case <-over:
		return
	case <-ctx.Done():
	}
	select {
	case <-over:
	case <-time.After(hurry(s.timeout)):
		s.upgrader.Stop()
	}
}

// alone tells what Alone does.
func (s *Self) alone() bool {
	select {
	case <-s.gone:
		return true
	default:
		return false
	}
}

// errFirst: with the end of process 1 everything ends.
var errFirst = errors.New("this is process 1, whose end is that of the container: start a new container instead")

// plain drops tableflip's words before the reason of the operating system.
func plain(err error) error {
	if e, ok := errors.AsType[syscall.Errno](err); ok {
		return fmt.Errorf("cannot start %s: %w", os.Args[0], e)
	}
	return err
}

// attempt is the talk with one successor.
type attempt struct {
	line *line
	over chan struct{}
	jobs sync.WaitGroup
	last said
	// unsent is why something could not be given, if the successor was there to take it.
	unsent error
}

// begin gives and listens. When ctx ends first, the successor is told that it is not
// wanted any more.
func (a *attempt) begin(ctx context.Context, b Bequest) {
	given := make(chan struct{})
	a.jobs.Go(func() {
		defer close(given)
		err := a.line.give(b)
		if err == nil {
			return
		}
		if !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) {
			a.unsent = err
		}
		a.line.CloseWrite() // it would wait for the rest
	})
	a.jobs.Go(func() {
		select {
		case <-a.over:
			return
		case <-ctx.Done():
		}
		select {
		case <-a.over:
		case <-given:
			a.line.recall()
		}
	})
	a.jobs.Go(func() { a.line.hear(a.heard) })
}

func (a *attempt) heard(s said) {
	if s.PID != 0 {
		a.last.PID = s.PID
		return
	}
	a.last.Failed, a.last.Hint, a.last.Code = s.Failed, s.Hint, s.Code
}

// end returns what was said. The successor is ready or gone: what it had to say is on
// the line. As its end is open here, too, only a shutdown ends the line.
func (a *attempt) end(theirs *os.File) said {
	close(a.over)
	if raw, err := theirs.SyscallConn(); err == nil {
		raw.Control(func(fd uintptr) { unix.Shutdown(int(fd), unix.SHUT_RDWR) })
		// What it has not read would stay open with its end.
		defer raw.Control(discard)
	}
	a.jobs.Wait()
	a.line.Close()
	return a.last
}

// discard closes the descriptors that nobody has taken from a socket.
func discard(socket uintptr) {
	b, oob := make([]byte, maxSaid), make([]byte, unix.CmsgSpace(4*fdsAtOnce))
	for {
		n, oobn, _, _, err := unix.Recvmsg(int(socket), b, oob, unix.MSG_DONTWAIT)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || n == 0 {
			return
		}
		if m, err := parseControl(oob[:oobn]); err == nil {
			closeAll(m.FDs)
		}
	}
}
