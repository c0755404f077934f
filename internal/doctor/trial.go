package doctor

import (
	"time"

	"github.com/seed-27ba25bb/supervisor/internal/proc"
)

// Trial is how a service behaved that was run once.
type Trial struct {
	Service string
	Command string
	// StartErr is why it could not be started; then nothing below is known.
	StartErr error
	// Ended is how it ended before anybody asked it to; nil: it did not.
	Ended *proc.Exit
	Lines []string // that it printed last

	Spoke   bool          // it sent messages
	Ready   bool          // it sent READY=1
	Listens bool          // it was seen to begin to listen
	UpIn    time.Duration // until it was ready, listened, or was taken for alive
	Within  time.Duration // what it had for that: ready.timeout
	By      string        // the protocol in which sockets are given, if the service has one of its own

	Given    int      // sockets that it was given
	Stored   bool     // it left sockets for its next version
	Learnt   []string // addresses that it bound for itself, and that can be handed over
	Obstacle error    // why what it bound cannot be
	Tree     Tree     // what the kernel says of it

	Signal   string        // that asked it to end
	UnderWay Answer        // what became of a request that was under way then
	StopIn   time.Duration // until it was gone
	Limit    time.Duration // drain.timeout
	Killed   bool          // it was not gone by then
}

// Answer is what became of a request.
type Answer string

const (
	NotAsked Answer = ""         // there was nobody to ask, or no HTTP is spoken
	Answered Answer = "answered" // whole
	CutOff   Answer = "cut off"
)
