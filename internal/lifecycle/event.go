package lifecycle

import "time"

// Event is something that happened. Each one that concerns a generation or a
// process names it; one that names what is no more changes nothing.
type Event interface{ apply(*machine) }

// Requested asks for a new generation: a batch of changes, SIGHUP, a reload.
type Requested struct {
	Ticket Ticket
	Policy Policy
	Force  bool // even if the artifact turns out to be the one that serves

	// Artifact is an earlier one to go back to; "": what the build makes.
	Artifact string
}

// Scaled asks for another number of workers: of what serves at once, and of what
// is handed off from now on, until the settings of a Requested name another number
// than they did before.
type Scaled struct {
	Ticket  Ticket
	Workers int // at least 1
}

// Built ends a Build effect with success.
type Built struct {
	Generation int
	Artifact   string // by content; "" cannot be compared
	Exclusive  bool   // must not run beside its predecessor
}

// BuildFailed ends a Build effect without an artifact, cancelled ones included.
type BuildFailed struct {
	Generation int
	Reason     string
	Missing    bool // there was nothing to build: what should be there is not
}

// Examined ends an Examine effect. Reason says why the artifact may not start; "":
// it may. A cancelled one ends with any reason.
type Examined struct {
	Generation int
	Reason     string
}

// Checked ends a Check effect. Reason says what is wrong; "": nothing.
type Checked struct {
	Generation int
	Reason     string
}

// Ready says that a process can serve.
type Ready struct{ Generation, Proc int }

// Unfit says that a process that runs cannot be put in service, and why.
type Unfit struct {
	Generation, Proc int
	Reason           string
}

// Extended says that a process asked for more time (EXTEND_TIMEOUT_USEC): at
// least By from now, whatever it is busy with.
type Extended struct {
	Generation, Proc int
	By               time.Duration
}

// Alive is a process's answer to its watchdog.
type Alive struct{ Generation, Proc int }

// Ailing is a process that asked for its own watchdog to fire (WATCHDOG=trigger).
type Ailing struct{ Generation, Proc int }

// Exited says that a process and its whole tree are gone, or could not be started.
type Exited struct {
	Generation, Proc int
	Reason           string
	Uptime           time.Duration
	Clean            bool // of its own accord, with exit code 0
}

// Expired says that a timer set by an effect ran out.
type Expired struct{ Timer Timer }

// Stop ends the service: everything drains, nothing new starts.
type Stop struct{}

// Kill ends the service now.
type Kill struct{}
