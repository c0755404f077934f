package proc

import (
	"errors"
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// job is a job object: a process tree that Windows keeps together. Nothing leaves
// it, for it does not permit CREATE_BREAKAWAY_FROM_JOB: such a call fails with
// "access denied". A supervisor that is in a job itself has its own inside that one
// (Windows 8).
type job struct{ handle windows.Handle }

// What package windows lacks of winnt.h.
const (
	jobBasicAccounting = 1          // JobObjectBasicAccountingInformation
	attributeJobList   = 0x0002000D // PROC_THREAD_ATTRIBUTE_JOB_LIST
)

// newJob makes a job. With kill all that is in it ends when nobody holds the job any
// more, which is when this program ends, however that happens.
func newJob(kill bool, s Settings) (*job, error) {
	handle, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return nil, fmt.Errorf("cannot make a job object: %w", err)
	}
	j := &job{handle: handle}
	if err := j.restrict(kill, s); err != nil {
		j.close()
		return nil, err
	}
	return j, nil
}

// portOfJob is JOBOBJECT_ASSOCIATE_COMPLETION_PORT.
type portOfJob struct {
	key  uintptr
	port windows.Handle
}

// listen makes a port that is told when a process comes or goes. It is for who reads it: a
// message that nobody reads is kept by the system, and a process that starts many others
// makes two for each.
func (j *job) listen() (port windows.Handle, err error) {
	if port, err = windows.CreateIoCompletionPort(windows.InvalidHandle, 0, 0, 1); err != nil {
		return 0, err
	}
	to := portOfJob{key: 1, port: port}
	_, err = windows.SetInformationJobObject(j.handle, windows.JobObjectAssociateCompletionPortInformation,
		uintptr(unsafe.Pointer(&to)), uint32(unsafe.Sizeof(to)))
	if err != nil {
		windows.CloseHandle(port)
		return 0, err
	}
	return port, nil
}

// recheck bounds the wait for a message of a job: most of them are sent, but none is
// guaranteed.
const recheck = time.Second

// awaitEmpty returns when no process is left in the job. It may be called once.
func (j *job) awaitEmpty() {
	if j.empty() {
		return
	}
	port, err := j.listen()
	if err == nil {
		defer windows.CloseHandle(port)
	}
	for !j.empty() {
		if err != nil {
			<-time.After(recheck)
			continue
		}
		var message uint32
		var key uintptr
		var about *windows.Overlapped
		// Whatever it says: what counts is how many are left.
		windows.GetQueuedCompletionStatus(port, &message, &key, &about, uint32(recheck.Milliseconds()))
	}
}

// empty is also true if it cannot be known.
func (j *job) empty() bool {
	u, err := j.usage()
	return err != nil || u.active == 0
}

// killedCode is what processes end with that a job ends.
const killedCode = 137

func (j *job) terminate() error { return windows.TerminateJobObject(j.handle, killedCode) }

// add puts a process that runs already into the job, with what it starts from then on.
func (j *job) add(pid int) error {
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(pid))
	if err != nil {
		return err
	}
	defer windows.CloseHandle(process)
	return windows.AssignProcessToJobObject(j.handle, process)
}

var isProcessInJob = windows.NewLazySystemDLL("kernel32.dll").NewProc("IsProcessInJob")

// holds reports whether the process is in the job. The error is ErrGone for
// one that is gone.
func (j *job) holds(pid int) (bool, error) {
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_INFORMATION, false, uint32(pid))
	if errors.Is(err, windows.ERROR_INVALID_PARAMETER) {
		return false, ErrGone
	}
	if err != nil {
		return false, err
	}
	defer windows.CloseHandle(process)
	var in int32
	ok, _, err := isProcessInJob.Call(uintptr(process), uintptr(j.handle), uintptr(unsafe.Pointer(&in)))
	if ok == 0 {
		return false, err
	}
	return in != 0, nil
}

func (j *job) close() { windows.CloseHandle(j.handle) }
