package probe

import "errors"

var (
	// ErrOther is a connection that a process outside of the generation
	// accepted. Another attempt may reach the right one.
	ErrOther = errors.New("another generation answered")

	// ErrNotAccepted is a connection that waits in the listening socket's queue.
	ErrNotAccepted = errors.New("nobody accepts the connection")

	// ErrNotFound is a connection without a server's end: the server closed it
	// before it could be seen who accepted it, or is on another machine or in
	// another network namespace.
	ErrNotFound = errors.New("the server's end of the connection is not to be found: closed at once, or not on this machine")
)

const instead = `use ready.by = "notify" or "exec"`

// UnsupportedError is a probe that cannot work here, however often it is
// repeated. It matches errors.ErrUnsupported.
type UnsupportedError struct {
	Why string
}

func (e *UnsupportedError) Error() string { return e.Why + "; " + instead }
func (e *UnsupportedError) Unwrap() error { return errors.ErrUnsupported }
