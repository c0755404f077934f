package relay

import "time"

const (
	// quiet is how long nothing must have been said for a connection to be between two
	// requests. The clock of the kernel has steps of some milliseconds.
	quiet = 300 * time.Millisecond
	// speechless is how long a connection that has carried nothing may be one whose
	// first request is on its way.
	speechless = 2 * time.Second
	// stubborn is how long a process may take to close a connection that it was told
	// is closed.
	stubborn = time.Second
)

// talk is what was said on a connection.
type talk struct {
	sent, received               uint64        // bytes to the process, and from it
	sinceSent, sinceReceived     time.Duration // ago
	waits                        bool          // something is on its way through here
	clientEnded, processAnswered bool          // either has ended its side
	age                          time.Duration
}

// busy reports whether a request may be under way: something is on its way, or the
// last to speak was the client. A process that answers and then goes on by itself
// later (a paused stream) cannot be told from one that is done; a protocol with pings
// may look busy for ever.
func (t talk) busy() bool {
	switch {
	case t.processAnswered:
		return false
	case t.waits || t.clientEnded:
		return true
	case t.sent == 0 && t.received == 0:
		return t.age < speechless
	case t.sent > 0 && (t.received == 0 || t.sinceSent < t.sinceReceived):
		return true
	}
	return t.sinceReceived < quiet
}
