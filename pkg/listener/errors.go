package listener

import (
	"errors"
	"fmt"
	"syscall"
)

// InUseError says that somebody else has the address. It unwraps to
// syscall.EADDRINUSE.
type InUseError struct {
	Address Address
	Holder  *Holder // nil if it cannot be known: not on Linux, or another user's process
}

// Holder is a process that holds a socket open. If several do (a server and
// its workers), it is the one with the lowest PID.
type Holder struct {
	PID  int
	Name string
}

func (e *InUseError) Error() string {
	if e.Holder == nil {
		return fmt.Sprintf("cannot listen on %v: address in use", e.Address)
	}
	return fmt.Sprintf("cannot listen on %v: address in use by %s (pid %d)", e.Address, e.Holder.Name, e.Holder.PID)
}

func (e *InUseError) Unwrap() error { return syscall.EADDRINUSE }

// UnsupportedError says that this system has no such socket. It unwraps to
// errors.ErrUnsupported.
type UnsupportedError struct {
	Address Address
	Reason  string // what is missing and what to use instead
}

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("cannot listen on %v: %s", e.Address, e.Reason)
}

func (e *UnsupportedError) Unwrap() error { return errors.ErrUnsupported }
