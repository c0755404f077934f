//go:build unix

package probe

import (
	"os"
	"os/exec"
	"syscall"
)

// group is a process group.
type group struct{}

func newGroup(cmd *exec.Cmd) group {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return group{}
}

func (group) began(*os.Process) {}

// end kills what is left of the group. Its leader has been reaped: the number
// stays the group's as long as it has members, and without any there is nothing to
// kill; the kernel does not come back to a fresh number within microseconds.
func (group) end(leader *os.Process) {
	if leader != nil {
		syscall.Kill(-leader.Pid, syscall.SIGKILL)
	}
}
