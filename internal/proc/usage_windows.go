package proc

import (
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// accounting is JOBOBJECT_BASIC_ACCOUNTING_INFORMATION. Times are in units of
// 100 ns.
type accounting struct {
	userTime, kernelTime             int64
	periodUserTime, periodKernelTime int64
	pageFaults                       uint32
	total, active, terminated        uint32
}

func (j *job) usage() (accounting, error) {
	var a accounting
	err := windows.QueryInformationJobObject(j.handle, jobBasicAccounting,
		uintptr(unsafe.Pointer(&a)), uint32(unsafe.Sizeof(a)), nil)
	return a, err
}

// Usage asks the job object.
func (p *Process) Usage() (Usage, error) {
	p.ending.mu.Lock()
	defer p.ending.mu.Unlock()
	if p.gone {
		return Usage{}, ErrGone
	}
	a, err := p.job.usage()
	if err != nil {
		return Usage{}, fmt.Errorf("cannot read what a job object has used: %w", err)
	}
	u := Usage{
		Processes: int(a.active), Started: int(a.total), CPU: time.Duration(a.userTime+a.kernelTime) * 100,
		Peak: p.job.peak(),
	}
	for _, pid := range p.job.members() {
		u.Memory += privateMemory(pid)
	}
	return u, nil
}

func (j *job) peak() uint64 {
	var limits windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	if windows.QueryInformationJobObject(j.handle, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)), nil) != nil {
		return 0
	}
	return uint64(limits.PeakJobMemoryUsed)
}

// mostMembers bounds a list that is for people to read.
const mostMembers = 1024

// members are the processes that run in the job.
func (j *job) members() []uint32 {
	var list struct { // JOBOBJECT_BASIC_PROCESS_ID_LIST
		assigned, listed uint32
		pids             [mostMembers]uintptr
	}
	err := windows.QueryInformationJobObject(j.handle, windows.JobObjectBasicProcessIdList,
		uintptr(unsafe.Pointer(&list)), uint32(unsafe.Sizeof(list)), nil)
	if err != nil && err != windows.ERROR_MORE_DATA {
		return nil
	}
	var pids []uint32
	for _, pid := range list.pids[:min(list.listed, mostMembers)] {
		pids = append(pids, uint32(pid))
	}
	return pids
}

// memoryCounters is PROCESS_MEMORY_COUNTERS.
type memoryCounters struct {
	size, pageFaults                                 uint32
	peakWorkingSet, workingSet                       uintptr
	peakPagedPool, pagedPool, peakNonPaged, nonPaged uintptr
	committed, peakCommitted                         uintptr // PagefileUsage: what it has for itself
}

var getProcessMemoryInfo = windows.NewLazySystemDLL("kernel32.dll").NewProc("K32GetProcessMemoryInfo")

// privateMemory is 0 for a process that is gone.
func privateMemory(pid uint32) uint64 {
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_INFORMATION|windows.PROCESS_VM_READ, false, pid)
	if err != nil {
		return 0
	}
	defer windows.CloseHandle(process)
	m := memoryCounters{size: uint32(unsafe.Sizeof(memoryCounters{}))}
	if ok, _, _ := getProcessMemoryInfo.Call(uintptr(process), uintptr(unsafe.Pointer(&m)), uintptr(m.size)); ok == 0 {
		return 0
	}
	return uint64(m.committed)
}
