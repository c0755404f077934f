package proc

import "errors"

// Identity tells one process from all others that were ever started, where the
// system can (Linux). A PID alone does not: it is given out again.
type Identity struct {
	PID   int    `json:"pid"`
	Start uint64 `json:"start"` // clock ticks from the boot to its start
	Mark  string `json:"mark,omitempty"`
}

// ErrGone says that there is no such process any more.
var ErrGone = errors.New("the process is gone")
