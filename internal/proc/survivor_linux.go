package proc

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Survivor is a process tree that was started by another process of this program,
// which is gone. It is nobody's child of ours: nothing keeps its PID from being
// given out again, so that everything goes through descriptors of its processes.
//
//	lives ──leader gone──▶ its rest: asked to end as the leader was, or killed ──▶ gone
type Survivor struct {
	id      Identity
	started time.Time
	leader  int // pidfd, closed by Wait
	bell    int // eventfd: wakes Wait

	mu    sync.Mutex
	asked unix.Signal // what the leader was asked to end with; 0: it was not
	told  bool        // the signal was sent
	kill  bool
	ended bool // leader and bell are closed
}

// Adopt returns the tree of a process that lives, or ErrGone.
func Adopt(id Identity) (*Survivor, error) {
	fd, err := unix.PidfdOpen(id.PID, 0)
	if errors.Is(err, unix.ESRCH) {
		return nil, ErrGone
	}
	if err != nil {
		return nil, fmt.Errorf("cannot take over process %d: pidfd_open: %w", id.PID, err)
	}
	// The PID may have changed hands since it was noted; the descriptor cannot.
	if !id.Lives() {
		unix.Close(fd)
		return nil, ErrGone
	}
	bell, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("cannot take over process %d: eventfd: %w", id.PID, err)
	}
	return &Survivor{id: id, started: startedAt(id.Start), leader: fd, bell: bell}, nil
}

// ticksPerSecond is USER_HZ, which is 100 on all architectures that Go runs on.
const ticksPerSecond = 100

// startedAt turns ticks since the boot into a time, to show.
func startedAt(ticks uint64) time.Time {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &now); err != nil {
		return time.Now()
	}
	age := time.Duration(now.Nano()) - time.Duration(ticks)*(time.Second/ticksPerSecond)
	return time.Now().Add(-age)
}

// PID is the leader's.
func (s *Survivor) PID() int { return s.id.PID }

// Started is when the leader was started.
func (s *Survivor) Started() time.Time { return s.started }

// Identity is how the next supervisor recognises it.
func (s *Survivor) Identity() (Identity, error) { return s.id, nil }

// Drains says that the leader was told to end already, by the signal that is going
// to be sent: a second one would cut short what many programs do after the first, so
// none is sent.
func (s *Survivor) Drains() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked, s.told = unix.SIGTERM, true // until Signal says which one it was
}

// Close lets go of one that Wait is not called for.
func (s *Survivor) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	unix.Close(s.leader)
	unix.Close(s.bell)
}

// Signal sends to the leader. What it leaves of its tree gets the signal when it is
// gone. One who was asked before is not asked again.
func (s *Survivor) Signal(by os.Signal) error {
	sig, ok := by.(unix.Signal)
	if !ok {
		return fmt.Errorf("cannot send %v: it is no signal of this system", by)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = sig
	if s.told {
		return nil
	}
	err := s.send(sig)
	s.told = err == nil
	return err
}

// Kill ends the whole tree now.
func (s *Survivor) Kill() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kill = true
	if !s.ended {
		unix.Write(s.bell, []byte{7: 1})
	}
	return s.send(unix.SIGKILL)
}

// send is for whoever holds the lock.
func (s *Survivor) send(sig unix.Signal) error {
	if s.ended {
		return nil
	}
	if err := unix.PidfdSendSignal(s.leader, sig, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("cannot signal process %d: %w", s.id.PID, err)
	}
	return nil
}

// Contains reports whether pid belongs to the tree. The group is the leader's as
// long as that lives.
func (s *Survivor) Contains(pid int) bool {
	if pid == s.id.PID {
		return s.id.Lives()
	}
	group, err := unix.Getpgid(pid)
	return err == nil && group == s.id.PID && s.id.Lives() || s.id.Mark != "" && marked(pid, s.id.Mark)
}

// Members lists the processes of the tree that live, the leader first.
func (s *Survivor) Members() []int {
	var all []int
	if s.id.Lives() {
		all = append(all, s.id.PID)
	}
	for _, pid := range processes() {
		if pid != s.id.PID && s.Contains(pid) && !zombie(pid) {
			all = append(all, pid)
		}
	}
	return all
}

// Wait returns when the leader is gone and nothing of its tree is left, as that of
// Process does. How the leader ended is told to its parent alone. It is to be
// called once.
func (s *Survivor) Wait() Exit {
	for !s.awaitLeader() {
	}
	s.endRest()
	s.Close()
	return Exit{-1, "it ended, and how is known to its parent alone", time.Since(s.started)}
}

// awaitLeader reports whether the leader is gone. A bell that rang stays so.
func (s *Survivor) awaitLeader() bool {
	poll := []unix.PollFd{{Fd: int32(s.leader), Events: unix.POLLIN}}
	unix.Poll(poll, -1)
	return poll[0].Revents != 0
}

// orders are what to do with what the leader left.
func (s *Survivor) orders() (by unix.Signal, kill bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked, s.kill || s.asked == 0
}
