package proc

import (
	"errors"
	"fmt"
)

// Settings are what a process is and may, apart from what it runs. What is zero is as
// it is for this program.
type Settings struct {
	User  *User
	Umask *int
	// NoNewPrivileges: nothing that the tree executes gains any (Linux).
	NoNewPrivileges bool
	// Capabilities are all that the process has and can ever get, as bits by their
	// number. Nil: those of this program, or of the user that it becomes (Linux).
	Capabilities *uint64
	Resources    []Resource // Linux; on Windows nproc, of the tree
	Nice         *int       // -20 to 19, lower is more (Linux)
	IO           *IO        // Linux
	// OOM is from -1000, never killed for want of memory, to 1000, the first (Linux).
	OOM *int
	// Tree is what all processes of the tree may use together (Windows; a control group
	// has that on Linux).
	Tree Tree
	// Join are descriptors of the files cgroup.procs of those that the process is to
	// join. They stay the caller's (Linux).
	Join []int
	// Writes are paths that the process must be able to write to, as it then is
	// (Linux).
	Writes []string
}

// User is whom a process belongs to.
type User struct {
	Name   string // for errors
	UID    int
	GID    int
	Groups []int // supplementary
}

// Tree are limits of a process tree. What is zero has none.
type Tree struct {
	Memory int64 // bytes
	CPU    int   // percent of one processor
}

// Unlimited is RLIM_INFINITY.
const Unlimited = ^uint64(0)

// Resource is a limit of setrlimit(2), by its name without RLIMIT_ in lower case.
type Resource struct {
	Name       string
	Soft, Hard uint64
}

func (r Resource) String() string {
	if r.Soft == r.Hard {
		return amount(r.Soft)
	}
	return amount(r.Soft) + ":" + amount(r.Hard)
}

func amount(n uint64) string {
	if n == Unlimited {
		return "unlimited"
	}
	return fmt.Sprint(n)
}

// IO is a class and a level of ioprio_set(2).
type IO struct{ Class, Level int }

// The classes of IO.
const (
	Realtime   = 1
	BestEffort = 2
	Idle       = 3
)

// SettingError is a setting that this system does not have. The process does not
// start. It matches errors.ErrUnsupported.
type SettingError struct{ Setting string }

func (e *SettingError) Error() string {
	return fmt.Sprintf("cannot set %s: this system has no such setting", e.Setting)
}

func (e *SettingError) Unwrap() error { return errors.ErrUnsupported }

func (e *SettingError) Hint() string { return "leave it out" }

// only returns the error of the first setting but User.
func (s Settings) only() error {
	for _, set := range []struct {
		name string
		is   bool
	}{
		{"umask", s.Umask != nil},
		{"no_new_privs", s.NoNewPrivileges},
		{"capabilities", s.Capabilities != nil},
		{"limits.nice", s.Nice != nil},
		{"limits.io", s.IO != nil},
		{"limits.oom", s.OOM != nil},
		{"limits.memory", s.Tree.Memory != 0},
		{"limits.cpu", s.Tree.CPU != 0},
	} {
		if set.is {
			return &SettingError{set.name}
		}
	}
	if len(s.Resources) > 0 {
		return &SettingError{"limits." + s.Resources[0].Name}
	}
	return nil
}
