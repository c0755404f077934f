package rebuild

import (
	"os"
	"os/exec"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// group is a job object. It ends with all that is in it when nobody holds it any more:
// a build is of no use to anybody once its supervisor is gone.
type group struct{ job windows.Handle }

// newGroup makes the job. Without one a build runs all the same, and what it leaves
// when it is cancelled ends by itself.
func newGroup(cmd *exec.Cmd) *group {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return &group{}
	}
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{
		LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | windows.JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION,
	}}
	if _, err := windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits))); err != nil {
		windows.CloseHandle(job)
		return &group{}
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	// It must start nothing before it is in the job.
	cmd.SysProcAttr.CreationFlags |= windows.CREATE_SUSPENDED
	return &group{job}
}

var resumeProcess = windows.NewLazySystemDLL("ntdll.dll").NewProc("NtResumeProcess")

// began puts the process into the job and lets it run.
func (g *group) began(p *os.Process) {
	if g.job == 0 {
		return
	}
	p.WithHandle(func(handle uintptr) {
		windows.AssignProcessToJobObject(g.job, windows.Handle(handle))
		resumeProcess.Call(handle)
	})
}

// There is no way to ask a process without a console to end.
func (g *group) terminate(p *os.Process) { g.kill(p) }

func (g *group) kill(p *os.Process) {
	if g.job != 0 {
		windows.TerminateJobObject(g.job, 1)
	}
	p.Kill()
}

// await lets go of the job, whose processes have been ended.
func (g *group) await(int) { g.free() }

func (g *group) free() {
	if g.job != 0 {
		windows.CloseHandle(g.job)
		g.job = 0
	}
}

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
