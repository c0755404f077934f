package main

import (
	"errors"
	"testing"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/seed-27ba25bb/supervisor/internal/control"
)

// systemHandle is SYSTEM_HANDLE_TABLE_ENTRY_INFO_EX.
type systemHandle struct {
	object          uintptr
	process, handle uintptr
	access          uint32
	trace, kind     uint16
	attributes      uint32
	_               uint32
}

// handlesOf counts the handles of a process. (GetProcessHandleCount of wine always says 0.)
func handlesOf(t *testing.T, pid int) (count int) {
	t.Helper()
	const extendedHandles = 64 // SystemExtendedHandleInformation
	for size := uint32(1 << 20); ; size *= 2 {
		all := make([]uintptr, size/8)
		err := windows.NtQuerySystemInformation(extendedHandles, unsafe.Pointer(&all[0]), size, nil)
		if errors.Is(err, windows.STATUS_INFO_LENGTH_MISMATCH) && size < 1<<30 {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		const head = 2 // how many there are, and nothing
		for _, h := range unsafe.Slice((*systemHandle)(unsafe.Pointer(&all[head])), all[0]) {
			if h.process == uintptr(pid) {
				count++
			}
		}
		return count
	}
}

// handles counts those of the supervisor while one generation alone is there.
func (s *supervised) handles() int {
	s.t.Helper()
	s.until(func(v control.Service) bool { return len(v.Generations) == 1 })
	return handlesOf(s.t, s.cmd.Process.Pid)
}
