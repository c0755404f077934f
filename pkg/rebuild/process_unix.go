//go:build unix

package rebuild

import (
	"os"
	"os/exec"
	"syscall"
	"time"
)

// group is the process group of a command. It has no state: the leader's PID names it.
type group struct{}

func newGroup(cmd *exec.Cmd) *group {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return &group{}
}

func (*group) began(*os.Process) {}
func (*group) free()             {}

// terminate and kill signal the group of p, which must not have been reaped.
// They have nothing to report: the group may be gone but for the leader, and
// what changed its user cannot be reached.
func (*group) terminate(p *os.Process) { syscall.Kill(-p.Pid, syscall.SIGTERM) }
func (*group) kill(p *os.Process)      { syscall.Kill(-p.Pid, syscall.SIGKILL) }

// await returns when nothing of the killed group runs any more, or after
// grace: a process in uninterruptible sleep must not hang a build. The leader
// has been reaped; the group's id cannot be another's as long as members are
// left, and the kernel does not come back to an id within milliseconds.
//
// Nothing tells of the end of a process that is no child, so this has to ask.
func (*group) await(pgid int) {
	late := time.After(grace)
	for wait := time.Millisecond; groupLeft(pgid); wait *= 2 {
		select {
		case <-time.After(wait):
		case <-late:
			return
		}
	}
}

func groupLeft(pgid int) bool {
	left := syscall.Kill(-pgid, 0) == nil && !onlyZombies(pgid)
	// As process 1 or a subreaper we inherit the orphans, and must reap them:
	// after the look at the group, or the last to end would stay zombies.
	for {
		pid, err := syscall.Wait4(-pgid, nil, syscall.WNOHANG, nil)
		if pid <= 0 && err != syscall.EINTR {
			return left
		}
	}
}
