package probe

import (
	"os"
	"os/exec"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// group is a job object. Windows ends all that is in it when nobody holds it any more.
type group struct{ job windows.Handle }

// newGroup makes the group of a program that is to be started. Without a job the program
// runs all the same, and what it leaves lives on.
func newGroup(cmd *exec.Cmd) group {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return group{}
	}
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{
		LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | windows.JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION,
	}}
	if _, err := windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits))); err != nil {
		windows.CloseHandle(job)
		return group{}
	}
	// It must start nothing before it is in the job, and Ctrl-C is not meant for it.
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_SUSPENDED | windows.CREATE_NEW_PROCESS_GROUP}
	return group{job}
}

var resumeProcess = windows.NewLazySystemDLL("ntdll.dll").NewProc("NtResumeProcess")

// began puts the program into the job and lets it run.
func (g group) began(p *os.Process) {
	if g.job == 0 {
		return
	}
	p.WithHandle(func(handle uintptr) {
		windows.AssignProcessToJobObject(g.job, windows.Handle(handle))
		resumeProcess.Call(handle)
	})
}

// end kills what is left.
func (g group) end(*os.Process) {
	if g.job != 0 {
		windows.TerminateJobObject(g.job, 1)
		windows.CloseHandle(g.job)
	}
}
