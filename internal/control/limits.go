package control

import "time"

const (
	// A request has to arrive and an answer to leave within this time; what lies
	// between them may take as long as it takes.
	transferTime = 10 * time.Second
	// How long an ending server waits for answers that are under way.
	farewell = time.Second
	// How long a supervisor may take to tell what it knows already.
	askTime = 10 * time.Second
	// How long somebody who holds the socket may take to say who it is.
	probeTime = 2 * time.Second

	maxBody   = 64 << 10
	maxHeader = 16 << 10
)
