package lifecycle

import "time"

// Policy is what the config says of how a generation lives. Each generation
// keeps the policy that it was asked for with.
type Policy struct {
	Workers      int           // processes a generation; 0 means 1
	Rolling      bool          // processes take over one after the other, where generations may overlap
	ReadyTimeout time.Duration // from start to ready
	Examine      bool          // an artifact is examined before its processes start
	Canary       Canary        // before that it is tried, where generations may overlap
	Confirm      time.Duration // how long a ready generation must hold before its predecessor drains
	Check        bool          // meanwhile it is checked, and must be well
	DrainTimeout time.Duration // from the stop signal to the kill
	DrainMax     int           // generations that may drain at once; 0: any number
	Watchdog     time.Duration // longest silence of a ready process; 0: none asked for
	Once         bool          // a process that ends well is done, and is not started again
}

const (
	firstBackoff = 100 * time.Millisecond
	maxBackoff   = 30 * time.Second
	// A process that lived this long before it crashed starts a new count.
	steady = 10 * time.Second
	// How long after a check the next one follows.
	checkPause = time.Second
	// The same of a canary: its check may ask others, who collect what they know.
	canaryPause = 2 * time.Second
)

// backoff is how long to wait before a process that crashed n times in a row is
// started again: not at all, then 100 ms, doubling up to 30 s.
func backoff(n int) time.Duration {
	if n <= 1 {
		return 0
	}
	d := firstBackoff
	for range n - 2 {
		if d *= 2; d >= maxBackoff {
			return maxBackoff
		}
	}
	return d
}
