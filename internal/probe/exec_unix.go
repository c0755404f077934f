//go:build unix

package probe

import (
	"os/exec"
	"syscall"
)

func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup kills what is left of the group. Its leader has been reaped: the number
// stays the group's as long as it has members, and without any there is nothing to
// kill; the kernel does not come back to a fresh number within microseconds.
func killGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
}
