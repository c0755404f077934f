//go:build unix && !linux

package proc

import (
	"os"

	"golang.org/x/sys/unix"
)

// reap waits for the leader and ends what is left of its group right after. These
// systems have no waitid in x/sys, so that for a moment the group's number could
// be taken by another; and what left the group is not found.
func (p *Process) reap() (*os.ProcessState, error) {
	state, err := p.leader.Wait()
	p.guard.remove(p.PID())
	killTree(p.PID(), p.mark)
	return state, err
}

func killTree(leader int, _ string) { unix.Kill(-leader, unix.SIGKILL) }

// Contains reports whether pid belongs to the tree: the leader or its group.
func (p *Process) Contains(pid int) bool {
	if pid == p.PID() {
		return true
	}
	group, err := unix.Getpgid(pid)
	return err == nil && group == p.PID()
}
