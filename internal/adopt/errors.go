package adopt

import (
	"errors"
	"fmt"
)

// UnsupportedError says why sockets cannot be adopted, and what happens instead. It
// matches errors.ErrUnsupported.
type UnsupportedError struct {
	Err  error
	Held bool // what waits for the service's TCP sockets is kept meanwhile
}

func (e *UnsupportedError) Error() string {
	meanwhile := "clients are refused in between"
	if e.Held {
		meanwhile = "clients wait in between"
	}
	return fmt.Sprintf("cannot adopt what the service binds: %v; it is stopped before its next version starts, and %s", e.Err, meanwhile)
}

func (e *UnsupportedError) Unwrap() []error { return []error{e.Err, errors.ErrUnsupported} }

// ForeignError is a socket that listens at an address of the service with
// SO_REUSEPORT and is none of the service's. The kernel would give it a share of
// the connections.
type ForeignError struct {
	Address string
	Inode   uint32
	PID     int // 0: not to be seen
	Program string
}

func (e *ForeignError) Error() string {
	return fmt.Sprintf("cannot share %s: %s listens there, too, and is none of the service's; end it first", e.Address, e.who())
}

// Notice is for where the kernel gives it no share (see [SteeredByEBPF]).
func (e *ForeignError) Notice() string {
	return fmt.Sprintf("%s listens at %s, too, and is none of the service's: it gets none of the connections there", e.who(), e.Address)
}

func (e *ForeignError) who() string {
	if e.PID == 0 {
		return "a process that is not to be seen"
	}
	return fmt.Sprintf("process %d (%s)", e.PID, e.Program)
}
