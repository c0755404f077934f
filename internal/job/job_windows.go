package job

import (
	"os"
	"os/exec"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Job ends with all that is in it when nobody holds it any more. The zero Job is none.
type Job struct{ handle windows.Handle }

// New makes the job of a command that is to be started. Without one the command runs all
// the same, and what it leaves lives on.
func New(cmd *exec.Cmd) *Job {
	handle, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return &Job{}
	}
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{
		LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | windows.JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION,
	}}
	if _, err := windows.SetInformationJobObject(handle, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits))); err != nil {
		windows.CloseHandle(handle)
		return &Job{}
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	// It must start nothing before it is in the job.
	cmd.SysProcAttr.CreationFlags |= windows.CREATE_SUSPENDED
	return &Job{handle}
}

var resumeProcess = windows.NewLazySystemDLL("ntdll.dll").NewProc("NtResumeProcess")

// Began puts the process of the command into the job and lets it run.
func (j *Job) Began(p *os.Process) {
	if j.handle == 0 {
		return
	}
	p.WithHandle(func(handle uintptr) {
		windows.AssignProcessToJobObject(j.handle, windows.Handle(handle))
		resumeProcess.Call(handle)
	})
}

// Kill ends all that is in the job.
func (j *Job) Kill() {
	if j.handle != 0 {
		windows.TerminateJobObject(j.handle, 1)
	}
}

// Free lets go of the job.
func (j *Job) Free() {
	if j.handle != 0 {
		windows.CloseHandle(j.handle)
		j.handle = 0
	}
}
