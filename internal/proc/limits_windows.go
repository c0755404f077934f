package proc

import (
	"fmt"
	"math"
	"slices"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Supported returns a *SettingError if there is a setting that a job object does not
// have.
func (s Settings) Supported() error {
	if s.User != nil {
		return &SettingError{"user"}
	}
	s.Tree = Tree{}
	s.Resources = slices.DeleteFunc(slices.Clone(s.Resources), func(r Resource) bool { return r.Name == ofProcesses })
	return s.only()
}

// ofProcesses is the one limit of setrlimit(2) that a job object has too: of the tree,
// where Unix counts those of its user.
const ofProcesses = "nproc"

// processes is how many the tree may have at a time, 0 for any number. Of two numbers
// it is the lower one: nothing in a job can raise it.
func (s Settings) processes() (uint32, error) {
	for _, r := range s.Resources {
		switch {
		case r.Name != ofProcesses || r.Soft == Unlimited:
		case r.Soft == 0:
			return 0, fmt.Errorf("cannot set limits.%s to 0: the service itself is a process", ofProcesses)
		default:
			return uint32(min(r.Soft, math.MaxUint32)), nil
		}
	}
	return 0, nil
}

// limitsOf says in the terms of a job object what its processes may use.
func limitsOf(kill bool, s Settings) (l windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION, err error) {
	basic := &l.BasicLimitInformation
	// A process that crashes ends. It shows no message box that nobody answers.
	basic.LimitFlags = windows.JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION
	if kill {
		basic.LimitFlags |= windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	}
	if basic.ActiveProcessLimit, err = s.processes(); basic.ActiveProcessLimit > 0 {
		basic.LimitFlags |= windows.JOB_OBJECT_LIMIT_ACTIVE_PROCESS
	}
	if s.Tree.Memory > 0 {
		basic.LimitFlags |= windows.JOB_OBJECT_LIMIT_JOB_MEMORY
		l.JobMemoryLimit = uintptr(min(uint64(s.Tree.Memory), math.MaxUint))
	}
	return l, err
}

// cpuRate is JOBOBJECT_CPU_RATE_CONTROL_INFORMATION.
type cpuRate struct{ flags, rate uint32 }

const (
	rateEnabled = 0x1    // JOB_OBJECT_CPU_RATE_CONTROL_ENABLE
	rateHard    = 0x4    // JOB_OBJECT_CPU_RATE_CONTROL_HARD_CAP: also if nobody else wants the time
	wholeRate   = 10_000 // all of the time of all processors
)

// rateOf is a percentage of one processor as a share of all of them.
func rateOf(percent, processors int) cpuRate {
	return cpuRate{rateEnabled | rateHard, uint32(max(1, min(percent*(wholeRate/100)/max(1, processors), wholeRate)))}
}

const allProcessorGroups = 0xFFFF // ALL_PROCESSOR_GROUPS

// restrict sets what the processes of the job may use, before there are any.
func (j *job) restrict(kill bool, s Settings) error {
	limits, err := limitsOf(kill, s)
	if err != nil {
		return err
	}
	_, err = windows.SetInformationJobObject(j.handle, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err != nil {
		return fmt.Errorf("cannot limit a job object: %w", err)
	}
	if s.Tree.CPU == 0 {
		return nil
	}
	rate := rateOf(s.Tree.CPU, int(windows.GetActiveProcessorCount(allProcessorGroups)))
	_, err = windows.SetInformationJobObject(j.handle, windows.JobObjectCpuRateControlInformation,
		uintptr(unsafe.Pointer(&rate)), uint32(unsafe.Sizeof(rate)))
	if err != nil {
		return fmt.Errorf("cannot set limits.cpu to %d%%: %w", s.Tree.CPU, err)
	}
	return nil
}
