package handoff

import (
	"fmt"
	"time"
)

// SelfOptions are what a Self works with.
type SelfOptions struct {
	// PIDFile gets this process's PID when it is Ready, before a predecessor hears of
	// it: systemd takes the new main process of a unit from there (systemd.service(5),
	// PIDFile=) when the former one exits.
	PIDFile string
	// Timeout is how long a successor may take until it is Ready; 0 is one minute. It
	// is asked to end then, and killed after as long again, or ten seconds if that is less.
	Timeout time.Duration
}

// Bequest is what a process leaves to its successor.
type Bequest struct {
	State []byte // in words of the giver's own, at most 4 MiB
	FDs   []int  // duplicated on the way; what is given stays the giver's
}

// UpgradeError is a successor that did not take over. Whoever started it goes on as
// if it had not been there.
type UpgradeError struct {
	Text string // what it said; empty: it said nothing
	Tip  string // how to go on, in its words
	Code int    // the exit code that it announced; 0: it announced none
	Err  error  // how it ended
}

func (e *UpgradeError) Error() string {
	if e.Text == "" {
		return fmt.Sprintf("cannot upgrade: %v", e.Err)
	}
	return "cannot upgrade: the new program says: " + e.Text
}

func (e *UpgradeError) Unwrap() error { return e.Err }

// Hint is the successor's own.
func (e *UpgradeError) Hint() string { return e.Tip }
