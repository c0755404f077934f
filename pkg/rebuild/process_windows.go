package rebuild

import (
	"os"
	"os/exec"

	"golang.org/x/sys/windows"

	"github.com/seed-27ba25bb/supervisor/internal/job"
)

// group is a job object: a build is of no use to anybody once its supervisor is gone.
type group struct{ job *job.Job }

func newGroup(cmd *exec.Cmd) *group { return &group{job.New(cmd)} }

func (g *group) began(p *os.Process) { g.job.Began(p) }

// There is no way to ask a process without a console to end.
func (g *group) terminate(p *os.Process) { g.kill(p) }

func (g *group) kill(p *os.Process) {
	g.job.Kill()
	p.Kill()
}

// await lets go of the job, whose processes have been ended.
func (g *group) await(int) { g.free() }

func (g *group) free() { g.job.Free() }

func awaitExit(p *os.Process) error {
	var err error
	handleErr := p.WithHandle(func(handle uintptr) {
		_, err = windows.WaitForSingleObject(windows.Handle(handle), windows.INFINITE)
	})
	if handleErr != nil {
		return handleErr
	}
	return err
}
