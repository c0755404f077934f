package cgroup

import "fmt"

// Limits are for all processes of a group together. What is zero has no limit.
type Limits struct {
	Memory int64 // bytes
	CPU    int   // percent of one processor
}

// period of a limit of processor time, in microseconds: the kernel's default.
const period = 100_000

// Error is a group that could not be made.
type Error struct{ Err error }

func (e *Error) Error() string { return fmt.Sprintf("cannot make a control group: %v", e.Err) }
func (e *Error) Unwrap() error { return e.Err }

func (e *Error) Hint() string {
	return "with systemd, set Delegate=yes and ProtectControlGroups=no in the unit; or leave limits.memory and limits.cpu out"
}
