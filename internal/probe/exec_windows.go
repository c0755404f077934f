package probe

import (
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"

	"github.com/seed-27ba25bb/supervisor/internal/job"
)

// group is a job object.
type group struct{ job *job.Job }

func newGroup(cmd *exec.Cmd) group {
	// Ctrl-C is not meant for it.
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
	return group{job.New(cmd)}
}

func (g group) began(p *os.Process) { g.job.Began(p) }

// end kills what is left.
func (g group) end(*os.Process) {
	g.job.Kill()
	g.job.Free()
}
